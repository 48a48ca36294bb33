// Keeps the live parts of the page fresh, only those that can be seen, and answers clicks on them.
// A part is <div class="live" data-part="panel" data-q-kind="train">; what all of them show comes from studio/parts.
(() => {
  "use strict";
  const PERIOD = 700;
  const QUIET = 3000; // while nothing runs
  const EAGER = 10000; // after a click, which may start something
  const LOG_LINES = 3000;
  const { language } = window.STUDIO;
  const base = new URL(language === "zh" ? "./studio/" : "../studio/", new URL("./", location.href));
  const root = new URL("../", base).href.replace(/\/$/, "");
  const states = new WeakMap();
  let lost = false;
  let asking = false;
  let again = false;
  let busy = true;
  let made = null;
  let asked = 0;
  let eager = 0;

  const visible = (element) => element.isConnected && element.offsetParent !== null;
  const state = (element) => {
    if (!states.has(element)) states.set(element, { have: "", slices: {}, log: null });
    return states.get(element);
  };

  function query(element) {
    const keys = Object.entries(element.dataset).filter(([key]) => key.startsWith("q") && key.length > 1);
    return Object.fromEntries(keys.map(([key, value]) => [key.slice(1).toLowerCase(), value]));
  }

  // One request for all parts that can be seen; without any it still tells whether the server is there.
  async function refresh() {
    if (asking) { again = true; return; }
    asking = true;
    asked = Date.now();
    const elements = [...document.querySelectorAll(".live")].filter(visible);
    const parts = elements.map((element) => {
      const my = state(element);
      if (element.dataset.part === "listing" && !my.found) {
        my.found = true; // a tab is drawn when it is first opened: what its address says was not heard until now
        const [place, words] = location.hash.slice(1).split("?");
        const tab = place.split("=")[0];
        if (words && element.closest(`#tab-${tab}`)) wished(tab, words);
      }
      if (!element.firstElementChild) [my.have, my.slices] = ["", {}];
      return { name: element.dataset.part, query: query(element), have: my.have };
    });
    try {
      const request = { method: "POST", cache: "no-store", headers: { "Content-Type": "application/json" } };
      const answer = await fetch(new URL("parts", base), { ...request, body: JSON.stringify({ lang: language, parts }) });
      connected(true);
      if (!answer.ok) return;
      const said = await answer.json();
      if (made !== null && made !== said.made) offer();
      [busy, made] = [said.busy, said.made];
      await Promise.all(elements.map((element, index) => shown(element, said.parts[index])));
    } catch (error) {
      if (error instanceof TypeError) connected(false);
      else throw error;
    } finally {
      asking = false;
      if (again) { again = false; tick(); }
    }
  }

  // Something was made, or removed: forms that nobody touched offer what is here now.
  function offer() {
    for (const box of document.querySelectorAll(".follow :is(textarea, input)")) {
      if (!visible(box.closest("[role=tabpanel]"))) continue; // the others ask when their tab is opened
      box.value = String(Date.now());
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  async function shown(element, said) {
    const my = state(element);
    if (said) {
      my.have = said.version;
      draw(element, my, said.slices);
      if (element.dataset.part === "listing") fill(element);
      element.dispatchEvent(new Event("drawn"));
    }
    await log(element, my);
  }

  function draw(element, my, slices) {
    for (const child of [...element.children]) if (!(child.dataset.slice in slices)) child.remove();
    for (const [name, html] of Object.entries(slices)) {
      let place = element.querySelector(`:scope > [data-slice="${name}"]`);
      if (!place) {
        place = document.createElement("div");
        place.dataset.slice = name;
        element.append(place);
        delete my.slices[name];
      }
      if (my.slices[name] === html) continue;
      const open = [...place.querySelectorAll("details")].map((item) => item.open);
      const before = chosen(place);
      const scrolled = place.querySelector(".runs")?.scrollTop ?? 0;
      place.innerHTML = html;
      [...place.querySelectorAll("details")].forEach((item, index) => { item.open = open[index] ?? item.open; });
      const runs = place.querySelector(".runs");
      if (runs) {
        runs.scrollTop = scrolled;
        if (chosen(place) !== before) bring(runs, runs.querySelector("tr.chosen"));
      }
      my.slices[name] = html;
      dress(place);
    }
  }

  // The table keeps its place as it is drawn again; a row chosen by a link comes into its box.
  const chosen = (place) => place.querySelector(".runs tr.chosen")?.dataset.pick;
  function bring(box, row) {
    if (!row) return;
    const [frame, at] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
    if (at.bottom > frame.bottom || at.top < frame.top + at.height) box.scrollTop += at.top - frame.top - frame.height / 2;
  }

  async function log(element, my) {
    const pre = element.querySelector("pre[data-log]");
    if (!pre) { my.log = null; return; }
    const run = pre.dataset.log;
    if (!my.log || my.log.pre !== pre) my.log = { pre, offset: -1, version: null };
    if (my.log.version === my.have) return;
    const seen = my.have;
    const answer = await fetch(new URL(`log/${run}?since=${my.log.offset}`, base), { cache: "no-store" });
    if (!answer.ok) return;
    const piece = await answer.json();
    const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 24;
    if (piece.fresh) {
      pre.textContent = piece.text;
      pre.parentElement.querySelector(".left-out").hidden = !piece.earlier;
    } else if (piece.text) {
      pre.append(piece.text);
      const lines = pre.textContent.split("\n");
      if (lines.length > LOG_LINES) {
        pre.textContent = lines.slice(-LOG_LINES / 2).join("\n");
        pre.parentElement.querySelector(".left-out").hidden = false;
      }
    }
    my.log.offset = piece.offset;
    my.log.version = seen;
    if (atEnd || piece.fresh) pre.scrollTop = pre.scrollHeight;
  }

  // ---- connection ---------------------------------------------------------
  function connected(yes) {
    if (yes !== lost) return;
    lost = !yes;
    document.body.classList.toggle("lost", lost);
    for (const part of document.querySelectorAll(".live:empty")) part.dataset.lost = window.STUDIO.waiting;
    toast(yes ? window.STUDIO.back : window.STUDIO.lost, yes ? "good" : "warn", !yes);
    if (yes && window.gradio_config) reviveGradio();
  }
  // Gradio's own events belong to the server that built the page; after a restart the forms need a new one.
  async function reviveGradio() {
    const answer = await fetch(new URL("config", new URL("./", location.href)), { cache: "no-store" });
    if (!answer.ok) return;
    const config = await answer.json();
    if (config.app_id !== window.gradio_config.app_id) location.reload();
  }

  let toasted;
  function toast(html, grade, stay) {
    if (!toasted) {
      toasted = document.createElement("div");
      toasted.className = "toast";
      toasted.setAttribute("role", "status");
      document.body.append(toasted);
      toasted.addEventListener("click", () => toasted.classList.remove("shown"));
    }
    if (html.startsWith("<")) toasted.innerHTML = html;
    else toasted.textContent = html;
    toasted.className = `toast shown ${grade}`;
    clearTimeout(toasted.timer);
    if (!stay) toasted.timer = setTimeout(() => toasted.classList.remove("shown"), 7000);
  }

  // ---- clicks --------------------------------------------------------------
  function ask(question, word, grade) {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "ask";
      const text = document.createElement("p");
      text.textContent = question;
      const row = document.createElement("div");
      for (const [label, value] of [[window.STUDIO.cancel, ""], [word || window.STUDIO.confirm, "yes"]]) {
        const button = document.createElement("button");
        button.className = value ? `act ${grade || "primary"}` : "act";
        button.textContent = label;
        button.addEventListener("click", () => dialog.close(value));
        row.append(button);
      }
      dialog.append(text, row);
      dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  async function post(button) {
    if (button.dataset.ask && !(await ask(button.dataset.ask, button.dataset.word, button.dataset.grade))) return;
    button.disabled = true;
    try {
      const address = new URL(button.dataset.post, base);
      address.searchParams.set("lang", language);
      const request = fetch(address, { method: "POST", headers: { "X-Studio": "page" } });
      setTimeout(tick, 150);
      const answer = await request;
      const said = await answer.json();
      if (said.notice) toast(said.notice, "plain", true); // until it is clicked: it says what to do
      else if (button.dataset.go) go(button.dataset.go, said.run);
    } finally {
      button.disabled = false;
      tick();
    }
  }

  function pick(run) {
    for (const part of document.querySelectorAll("#tab-runs .live")) part.dataset.qRun = run;
    tick();
  }
  function picked(run) {
    pick(run);
    const part = document.querySelector('#tab-runs .live[data-part="listing"]');
    remember(`runs=${run}${part ? wish(part) : ""}`);
  }

  // The tab, and the run in it, stand in the address: a reload and the other language keep them, Back and Forward too.
  function go(tab, run) {
    const button = document.getElementById(`tab-${tab}-button`) || overflowed(tab);
    if (button && button.getAttribute("aria-selected") !== "true") quietly(() => button.click());
    if (run?.includes(":")) {
      if (following) history.replaceState(null, "", `#${tab}`); // a reload does not choose again
      remember(tab);
      choose(tab, run);
      return;
    }
    if (run) pick(run);
    remember(run ? `${tab}=${run}` : tab);
    setTimeout(() => { if (run) pick(run); tick(); }, 60);
  }
  // A link that names a dataset, model or knowledge base chooses it, once the tab is drawn and its form restored.
  function choose(tab, wanted, patience = 100) {
    const box = document.querySelector(`#wanted-${tab} :is(textarea, input)`);
    if (!box || !document.body.classList.contains(`ready-${tab}`)) {
      if (patience) setTimeout(() => choose(tab, wanted, patience - 1), 100);
      return;
    }
    box.value = `${wanted}#${Date.now()}`;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function overflowed(tab) {
    const title = window.STUDIO.tabs[tab];
    return [...document.querySelectorAll(".overflow-dropdown button")].find((item) => item.textContent.trim() === title);
  }
  let following = false;
  function quietly(act) {
    const before = following;
    following = true;
    try { act(); } finally { following = before; }
  }
  function remember(place) {
    if (following || location.hash.slice(1) === place) return;
    history.pushState(null, "", `${location.pathname}${location.search}#${place}`);
  }
  function follow() {
    const [place, words] = (location.hash.slice(1) || "home").split("?");
    const [tab, run] = decodeURIComponent(place).split("=");
    if (!/^[a-z_]+$/.test(tab)) return;
    quietly(() => go(tab, run));
    wished(tab, words ?? "");
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-example],[data-ref],[data-post],[data-pick],[data-set],[data-forget],button[role=tab],.overflow-dropdown button,a.language,a[href^='#']");
    if (!target) return;
    if (target.dataset.example) example(target.dataset.example);
    else if (target.dataset.ref) {
      const cite = target.closest(".turn").querySelector(`.cite[data-number="${target.dataset.ref}"]`);
      if (cite) { cite.open = true; cite.scrollIntoView({ block: "nearest", behavior: "smooth" }); }
    } else if (target.dataset.post) post(target);
    else if (target.dataset.pick) picked(target.dataset.pick);
    else if (target.dataset.set) {
      const [key, value] = target.dataset.set.split("=");
      look(target.closest(".live"), key, value);
    } else if (target.matches("button[role=tab]")) {
      const id = target.id.replace(/^tab-/, "").replace(/-button$/, "");
      if (id) remember(id);
      setTimeout(tick, 30);
    } else if (target.matches(".overflow-dropdown button")) {
      const found = Object.entries(window.STUDIO.tabs).find(([, title]) => title === target.textContent.trim());
      if (found) remember(found[0]);
      setTimeout(tick, 30);
    } else if (target.matches("a.language")) target.hash = location.hash;
    else if (target.matches("a[href^='#']")) {
      const [tab, run] = decodeURIComponent(target.getAttribute("href").slice(1)).split("=");
      if (tab in window.STUDIO.tabs) { event.preventDefault(); go(tab, run); window.scrollTo(0, 0); }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("tr[data-pick]")) event.target.click();
  });
  document.addEventListener("change", (event) => {
    const select = event.target.closest?.("select[data-param]");
    if (select) look(select.closest(".live"), select.dataset.param, select.value);
  });
  let typed;
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("input[data-param]");
    if (!box) return;
    clearTimeout(typed);
    typed = setTimeout(() => look(box.closest(".live"), box.dataset.param, box.value.trim()), 250);
  });

  // ---- what a part is asked for ---------------------------------------------
  const asks = (key) => `q${key[0].toUpperCase()}${key.slice(1)}`;
  function look(part, key, value) {
    if (value) part.dataset[asks(key)] = value; else delete part.dataset[asks(key)];
    if (part.dataset.part === "listing") {
      if (key !== "page") delete part.dataset.qPage;
      const tab = part.closest("[role=tabpanel]").id.replace(/^tab-/, "");
      history.replaceState(null, "", `#${tab}${part.dataset.qRun ? `=${part.dataset.qRun}` : ""}${wish(part)}`);
    }
    tick();
  }
  // What is looked for in a listing stands in the address, so that it can be linked, reloaded and gone back to.
  function wish(part) {
    const { listing, run, ...values } = query(part);
    const words = new URLSearchParams(values).toString();
    return words ? `?${words}` : "";
  }
  function wished(tab, words) {
    const part = document.querySelector(`#tab-${tab} .live[data-part="listing"]`);
    if (!part) return;
    const values = Object.fromEntries(new URLSearchParams(words));
    for (const key of Object.keys(query(part))) if (!["listing", "run"].includes(key)) delete part.dataset[asks(key)];
    for (const [key, value] of Object.entries(values)) if (/^[a-z]+$/.test(key)) part.dataset[asks(key)] = value;
    fill(part);
  }
  function fill(part) {
    const box = part.querySelector("input[data-param]");
    if (box && document.activeElement !== box) box.value = part.dataset[asks(box.dataset.param)] ?? "";
  }

  // ---- chat ----------------------------------------------------------------
  function example(text) {
    const box = document.querySelector("#chat-input textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector("#chat-send").click(), 80);
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".cite") && event.target.open) event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, true);
  // The talk follows its newest line, unless somebody reads further up.
  let talkEnd = true;
  document.addEventListener("scroll", (event) => {
    const talk = event.target;
    if (talk.classList?.contains("talk")) talkEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 48;
  }, true);
  new MutationObserver((changes) => {
    const talk = document.querySelector(".talk");
    if (talk && talkEnd && changes.some((change) => talk.contains(change.target) || change.target.contains(talk))) {
      talk.scrollTop = talk.scrollHeight;
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

  // ---- small things --------------------------------------------------------
  function dress(place) {
    clock(place);
    for (const figure of place.querySelectorAll("figure.plot")) hover(figure);
  }
  function clock(place) {
    const units = language === "zh" ? [" 小时 ", " 分 ", " 秒"] : [" h ", " min ", " s"];
    for (const time of place.querySelectorAll("time[data-since]")) {
      const whole = Math.max(0, Math.round(Date.now() / 1000 - Number(time.dataset.since)));
      const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      time.textContent = (h ? `${h}${units[0]}${m}${units[1]}` : m ? `${m}${units[1]}${s}${units[2]}` : `${s}${units[2]}`).trim();
    }
  }
  function hover(figure) {
    const lines = Object.entries(JSON.parse(figure.dataset.points));
    const svg = figure.querySelector("svg");
    const box = svg.viewBox.baseVal;
    const tip = document.createElement("div");
    tip.className = "tip";
    const rule = document.createElementNS("http://www.w3.org/2000/svg", "line");
    rule.setAttribute("class", "rule");
    svg.addEventListener("pointermove", (event) => {
      const frame = svg.getBoundingClientRect();
      const at = ((event.clientX - frame.left) / frame.width) * box.width;
      const near = lines.map(([name, points]) => [name, points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a))]);
      const x = near.map(([, point]) => point).reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a))[0];
      tip.textContent = "";
      for (const [name, point] of near) {
        const line = document.createElement("div");
        line.textContent = `${name} ${point[3]} · ${figure.dataset.step} ${point[2]}`;
        tip.append(line);
      }
      for (const [key, value] of [["x1", x], ["x2", x], ["y1", 14], ["y2", box.height - 34]]) rule.setAttribute(key, value);
      if (!rule.isConnected) svg.append(rule);
      if (!tip.isConnected) figure.append(tip);
      tip.style.left = `${Math.min(Math.max(x / box.width, 0.2), 0.8) * 100}%`;
    });
    svg.addEventListener("pointerleave", () => { tip.remove(); rule.remove(); });
  }

  function tick() {
    if (document.hidden) return;
    for (const code of document.querySelectorAll("[data-origin]:empty")) code.textContent = root + code.dataset.origin;
    for (const code of document.querySelectorAll("[data-origin-code]")) {
      if (code.textContent.includes("{url}")) code.textContent = code.textContent.replace("{url}", root);
    }
    refresh();
  }
  setInterval(() => {
    const now = Date.now();
    const quiet = !busy && !lost && now > eager && !document.querySelector(".live:empty");
    if (now - asked > (quiet ? QUIET : PERIOD) - 50) tick();
    clock(document);
  }, PERIOD);
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => { eager = Date.now() + EAGER; }, true);
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("studio-started", (event) => {
    const begin = [...document.querySelectorAll("button.begin")].find(visible);
    if (begin) begin.dataset.answered = "yes";
    if (!String(event.detail).includes("data-started")) return;
    for (const part of document.querySelectorAll(".live[data-q-kind]")) {
      if (!visible(part)) continue;
      delete part.dataset.qRun;
      part.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    tick();
  });

  // ---- forms ---------------------------------------------------------------
  // Which side of a station was edited last; a click in the YAML or on a button edits nothing.
  let edited = "yaml";
  window.studioEdited = () => edited;
  function note(event) {
    if (event.target.closest?.(".form-side")) edited = "form";
    else if (event.target.closest?.(".yaml .cm-content") && event.type !== "pointerdown") edited = "yaml";
  }
  for (const type of ["pointerdown", "keydown", "input", "paste", "cut", "drop"]) document.addEventListener(type, note, true);
  document.addEventListener("pointerdown", (event) => {
    const tab = event.target.closest?.(".upload")?.closest("[role=tabpanel]");
    const accept = tab?.querySelector("[data-accept]")?.dataset.accept;
    for (const input of accept ? tab.querySelectorAll("input[type=file]") : []) input.accept = accept;
  }, true);
  // A double click starts one run: the button waits for the answer, and a moment more.
  document.addEventListener("click", (event) => {
    const begin = event.target.closest?.("button.begin");
    if (!begin) return;
    if (begin.dataset.waits) { event.stopImmediatePropagation(); event.preventDefault(); return; }
    begin.dataset.waits = "yes";
    delete begin.dataset.answered;
    const since = Date.now();
    const waiting = setInterval(() => {
      const past = Date.now() - since;
      if (past < 1500 || (!begin.dataset.answered && past < 20000)) return;
      clearInterval(waiting);
      delete begin.dataset.waits;
    }, 100);
  }, true);
  window.addEventListener("popstate", follow);  // Back, Forward, and an address typed by hand

  // The page is drawn by Gradio a moment after this script runs.
  const ready = setInterval(() => {
    if (!document.querySelector("#tabs button[role=tab]")) return;
    clearInterval(ready);
    follow();
    tick();
  }, 50);
})();
