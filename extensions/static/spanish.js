// What scripts say in Spanish, where their own translation is poor or missing.
Documentation.addTranslations({
  locale: "es",
  messages: {
    "Search Results": "Resultados",
    "Search finished, found ${resultCount} page(s) matching the search query.":
      "Páginas encontradas: ${resultCount}.",
    "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
      "No se ha encontrado nada. Prueba con otra palabra o con su comienzo.",
  },
  plural_expr: "n != 1",
});

addEventListener("load", () => {
  for (const button of document.querySelectorAll('[aria-label="Toggle hidden content"]')) {
    button.ariaLabel = "Mostrar u ocultar";
  }
});
