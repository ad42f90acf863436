// The switch leads to the section being read, and remembers the language chosen for the door.
const link = document.getElementById("switch");

function sectionBeingRead() {
  const sections = [...document.querySelectorAll("article section:has(> :is(h1, h2, h3))")];
  const above = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
  return above.length > 1 ? above.at(-1).id : ""; // the first one is the page itself
}

link?.addEventListener("click", () => {
  try {
    localStorage.setItem("language", link.hreflang);
  } catch {
    // a browser that keeps nothing still follows the link
  }
  link.hash = sectionBeingRead();
});
