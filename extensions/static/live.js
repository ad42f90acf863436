// Turns the cells of a page into running ones, on a machine that Binder lends: the same machine that
// the page's Binder button leads to.  Thebe is loaded, and Binder asked, only on the click.
const TEXTS = {
  en: {
    start: "Run these cells here",
    loading: "Loading the editor…",
    asking: "Asking Binder for a machine…",
    building: "Binder is preparing the book's environment: ten minutes or more, but only the first time.",
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
    died: "Python ended, perhaps for want of memory, and has restarted: run the cells from the first.",
    ended: "The machine is gone: Binder takes it back after ten minutes without work. Copy what you want to keep, then load the page again.",
    offline: "There is no network. Running cells needs one; reading doesn't. Connect, then try again.",
    failed: "Binder could not prepare a machine. Try again later, or run the page in another place: see the menu at the top.",
    down: "Binder doesn't answer. Try again in some minutes, or run the page in another place: see the menu at the top.",
    cell: "Code of this cell",
  },
  es: {
    start: "Ejecuta aquí estas celdas",
    loading: "Cargando el editor…",
    asking: "Pidiendo una máquina a Binder…",
    building: "Binder está preparando el entorno del libro: diez minutos o más, pero solo la primera vez.",
    starting: "Binder está arrancando la máquina: uno o dos minutos.",
    kernel: "Arrancando Python…",
    live: "Las celdas funcionan: cambia una y pulsa Mayús+Intro, empezando por la primera.",
    run: "Ejecutar",
    runAll: "Ejecutar todo",
    running: "Ejecutando…",
    done: "Se han ejecutado todas las celdas.",
    stopped: "Una celda ha dado un error; las que le siguen no se han ejecutado.",
    restart: "Reiniciar",
    restarted: "Python se ha reiniciado y no conoce ningún nombre: ejecuta las celdas desde la primera.",
    died: "Python se ha cerrado, quizá por falta de memoria, y se ha reiniciado: ejecuta las celdas desde la primera.",
    ended: "La máquina ya no está: Binder la retira tras diez minutos sin trabajo. Copia lo que quieras conservar y vuelve a cargar la página.",
    offline: "No hay red. Para leer no hace falta, para ejecutar celdas sí. Conéctate y vuelve a intentarlo.",
    failed: "Binder no ha podido preparar una máquina. Vuelve a intentarlo más tarde o ejecuta la página en otro sitio: mira el menú de arriba.",
    down: "Binder no responde. Vuelve a intentarlo dentro de unos minutos o ejecuta la página en otro sitio: mira el menú de arriba.",
    cell: "Código de esta celda",
  },
};
const PHASES = {
  waiting: "building", fetching: "building", building: "building", pushing: "building",
  built: "starting", launching: "starting",
}; // what Binder calls them, and what the reader is told
const text = TEXTS[document.documentElement.lang] ?? TEXTS.en;
const NOT_LOADED = "Thebe was not loaded";
const thebeAddress = new URL("thebe/index.js", document.currentScript.src);
const cells = [...document.querySelectorAll("article div.cell")];
const binder = document.querySelector('a[href*="/v2/gh/"]');
const bar = document.createElement("div");
const said = document.createElement("span");
const seconds = document.createElement("span");

function button(label, act) {
  const made = document.createElement("button");
  made.className = "btn btn-sm btn-outline-primary";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function say(what) {
  bar.dataset.state = what;
  said.textContent = text[what];
}

function options() {
  const address = new URL(binder.href); // …/v2/gh/OWNER/REPOSITORY/COMMIT?urlpath=lab/tree/PAGE.md
  const [owner, repository, ref] = address.pathname.split("/").slice(3);
  const page = address.searchParams.get("urlpath").replace("lab/tree/", "").replace(".md", ".ipynb");
  return {
    binderOptions: { binderUrl: address.origin, repo: `${owner}/${repository}`, ref },
    kernelOptions: { kernelName: "python3", path: page }, // each page has a kernel of its own
    mathjaxUrl: "", // else a script of another site
    codeMirrorConfig: {
      lineNumbers: false, indentUnit: 4, viewportMargin: Infinity, screenReaderLabel: text.cell,
    },
    mountRunButton: false, mountRunAllButton: false, // they speak English
    mountRestartButton: false, mountRestartAllButton: false,
  };
}

function loaded(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(NOT_LOADED));
    document.head.append(script);
  });
}

function follow(events) {
  events.on("status", (_, { message }) => {
    const phase = /^Binder is: (\w+)/.exec(message)?.[1];
    if (phase in PHASES) say(PHASES[phase]);
    if (message.endsWith("[autorestarting]")) say("died");
    if (message.endsWith("[dead]")) say("ended");
  });
}

async function run(cell) {
  thebe.setButtonsBusy(cell.id);
  const outcome = await cell.execute(cell.source);
  thebe.clearButtonsBusy(cell.id);
  return outcome !== null && !outcome.error;
}

async function runAll(notebook) {
  say("running");
  for (const cell of notebook.cells) {
    if (!(await run(cell))) {
      document.querySelector(`[data-thebe-id="${cell.id}"]`).scrollIntoView({ block: "center" });
      return say("stopped");
    }
  }
  say("done");
}

function outputOf(cell) {
  const output = cell.querySelector(".cell_output") ?? document.createElement("div");
  output.classList.add("cell_output");
  cell.append(output);
  const figure = output.querySelector("figure");
  if (!figure) return output;
  const area = document.createElement("div"); // all but the caption, which stays
  const outside = [...output.childNodes].filter((node) => !node.contains(figure));
  area.append(...outside, ...[...figure.childNodes].filter((node) => node.nodeName !== "FIGCAPTION"));
  figure.prepend(area);
  return area;
}

function placeholders(cell) {
  cell.querySelectorAll(".copybtn").forEach((copy) => copy.remove());
  return { source: cell.querySelector(".cell_input pre"), output: outputOf(cell) };
}

function revive(config, rendermime, session) {
  const items = cells.map((cell) => ({ id: thebe.randomId(), placeholders: placeholders(cell) }));
  const blocks = items.map(({ id, placeholders: { source } }) => ({ id, source: source.textContent.trim() }));
  const notebook = thebeCore.api.setupNotebookFromBlocks(blocks, config, rendermime);
  thebe.renderAllCells(options(), notebook, items);
  notebook.attachSession(session);
  for (const cell of notebook.cells) {
    const controls = document.querySelector(`[data-thebe-id="${cell.id}"] .thebe-controls`);
    controls.prepend(button(text.run, () => run(cell)));
  }
  const seen = new ResizeObserver((changed) => changed.forEach(({ target }) => target.CodeMirror.refresh()));
  document.querySelectorAll(".CodeMirror").forEach((editor) => seen.observe(editor)); // folded ones
  const restart = () => session.restart().then(() => say("restarted"));
  bar.prepend(button(text.runAll, () => runAll(notebook)), button(text.restart, restart));
}

async function start(click) {
  const since = Date.now();
  const clock = setInterval(() => (seconds.textContent = `${Math.round((Date.now() - since) / 1000)} s`), 1000);
  click.target.disabled = true;
  say("loading");
  try {
    if (!window.thebeCore) await loaded(thebeAddress);
    say("asking");
    const { api } = thebeCore;
    const events = api.makeEvents();
    follow(events);
    const config = api.makeConfiguration(options(), events);
    const rendermime = api.makeRenderMimeRegistry(config.mathjax);
    const server = api.makeServer(config);
    server.connectToServerViaBinder();
    await server.ready;
    say("kernel");
    const session = await server.startNewSession(rendermime);
    session.kernel.connectionStatusChanged.connect((_, status) => status === "disconnected" && say("ended"));
    revive(config, rendermime, session);
    click.target.remove();
    say("live");
  } catch (error) {
    console.warn(error);
    click.target.disabled = false;
    if (error === NOT_LOADED || !navigator.onLine) say("offline");
    else say(error instanceof Error || error.startsWith("Lost connection") ? "down" : "failed");
  }
  clearInterval(clock);
  seconds.textContent = "";
}

if (cells.length && binder) {
  bar.id = "live";
  said.role = "status";
  bar.append(button(text.start, start), said, seconds);
  cells[0].before(bar);
}
