// What a reader is told while cells come to life, and after: see live.js.
const TEXTS = {
  en: {
    start: "Run these cells here",
    loading: "Loading the editor…",
    asking: "Asking Binder for a machine…",
    building:
      "Binder is preparing the book's environment: ten minutes or more, but only the first " +
      "time.",
    starting: "Binder is starting the machine: a minute or two.",
    kernel: "Starting Python…",
    live: "The cells run: change one and press Shift+Enter, beginning with the first.",
    run: "Run",
    runAll: "Run all",
    running: "Running…",
    done: "All cells have run.",
    stopped: "A cell raised an error; the ones below it were not run.",
    restart: "Restart",
    restarted: "Python has restarted and knows no names: run the cells from the first.",
    died:
      "Python ended, perhaps for want of memory, and has restarted: run the cells from the " +
      "first.",
    ended:
      "The machine is gone: Binder takes it back after ten minutes without work. Copy what " +
      "you want to keep, then load the page again.",
    offline:
      "There is no network. Running cells needs one; reading doesn't. Connect, then try " +
      "again.",
    failed:
      "Binder could not prepare a machine. Try again later, or run the page in another " +
      "place: see the menu at the top.",
    down:
      "Binder doesn't answer. Try again in some minutes, or run the page in another place: " +
      "see the menu at the top.",
    cell: "Code of this cell",
  },
  es: {
    start: "Ejecuta aquí estas celdas",
    loading: "Cargando el editor…",
    asking: "Pidiendo una máquina a Binder…",
    building:
      "Binder está preparando el entorno del libro: diez minutos o más, pero solo la " +
      "primera vez.",
    starting: "Binder está arrancando la máquina: uno o dos minutos.",
    kernel: "Arrancando Python…",
    live: "Las celdas funcionan: cambia una y pulsa Mayús+Intro, empezando por la primera.",
    run: "Ejecutar",
    runAll: "Ejecutar todo",
    running: "Ejecutando…",
    done: "Se han ejecutado todas las celdas.",
    stopped: "Una celda ha dado un error; las que le siguen no se han ejecutado.",
    restart: "Reiniciar",
    restarted:
      "Python se ha reiniciado y no conoce ningún nombre: ejecuta las celdas desde la " +
      "primera.",
    died:
      "Python se ha cerrado, quizá por falta de memoria, y se ha reiniciado: ejecuta las " +
      "celdas desde la primera.",
    ended:
      "La máquina ya no está: Binder la retira tras diez minutos sin trabajo. Copia lo que " +
      "quieras conservar y vuelve a cargar la página.",
    offline:
      "No hay red. Para leer no hace falta, para ejecutar celdas sí. Conéctate y vuelve a " +
      "intentarlo.",
    failed:
      "Binder no ha podido preparar una máquina. Vuelve a intentarlo más tarde o ejecuta " +
      "la página en otro sitio: mira el menú de arriba.",
    down:
      "Binder no responde. Vuelve a intentarlo dentro de unos minutos o ejecuta la página " +
      "en otro sitio: mira el menú de arriba.",
    cell: "Código de esta celda",
  },
};
