// Turns the cells of a page into running ones, on a machine that Binder lends: the one that the link
// to Binder on the page leads to.  Thebe is loaded, and Binder asked, only on the click.
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
  const address = new URL(binder.href); // …/v2/gh/OWNER/NAME/COMMIT?urlpath=lab/tree/PAGE.md
  const [owner, repository, ref] = address.pathname.split("/").slice(3);
  const path = address.searchParams.get("urlpath").replace("lab/tree/", "");
  return {
    binderOptions: { binderUrl: address.origin, repo: `${owner}/${repository}`, ref },
    kernelOptions: { kernelName: "python3", path: path.replace(".md", ".ipynb") }, // its own
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
  const around = [...output.childNodes].filter((node) => !node.contains(figure));
  const drawn = [...figure.childNodes].filter((node) => node.nodeName !== "FIGCAPTION");
  area.append(...around, ...drawn);
  figure.prepend(area);
  return area;
}

function placeholders(cell) {
  cell.querySelectorAll(".copybtn").forEach((copy) => copy.remove());
  return { source: cell.querySelector(".cell_input pre"), output: outputOf(cell) };
}

function revive(config, rendermime, session) {
  const items = cells.map((cell) => ({ id: thebe.randomId(), placeholders: placeholders(cell) }));
  const code = (item) => item.placeholders.source.textContent.trim();
  const blocks = items.map((item) => ({ id: item.id, source: code(item) }));
  const notebook = thebeCore.api.setupNotebookFromBlocks(blocks, config, rendermime);
  thebe.renderAllCells(options(), notebook, items);
  notebook.attachSession(session);
  for (const cell of notebook.cells) {
    const controls = document.querySelector(`[data-thebe-id="${cell.id}"] .thebe-controls`);
    controls.prepend(button(text.run, () => run(cell)));
  }
  const draw = (changed) => changed.forEach(({ target }) => target.CodeMirror.refresh());
  const unfolded = new ResizeObserver(draw); // what is drawn while folded is drawn too high
  document.querySelectorAll(".CodeMirror").forEach((editor) => unfolded.observe(editor));
  const restart = () => session.restart().then(() => say("restarted"));
  bar.prepend(button(text.runAll, () => runAll(notebook)), button(text.restart, restart));
}

async function start(click) {
  const since = Date.now();
  const tick = () => (seconds.textContent = `${Math.round((Date.now() - since) / 1000)} s`);
  const clock = setInterval(tick, 1000);
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
    const gone = (_, status) => status === "disconnected" && say("ended");
    session.kernel.connectionStatusChanged.connect(gone);
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
