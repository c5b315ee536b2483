"use strict";
// The explorer of a release: everything it shows is in the page, and the view is in the address.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const canvas = $("map"), pen = canvas.getContext("2d");
const SHOWN_EDGES = 5000, EDGE = 28;
const fixed = { n: data.networks[0], f: "core", p: "all", l: "subclass", b: "1", c: "section", s: "", q: "", k: "" };
let view = { ...fixed }, zoom = { k: 1, x: 0, y: 0 }, hover = -1, index = {}, colours = {}, sorting = { by: "world", down: true };

const names = (code) => data.names[code] || code;
const round = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 10) / 10));
const of = (network = view.n) => [view.l, network, view.f, view.p].join("|");
const symbols = () => data.ids[view.l] || [];
const title = (i) => data.titles[view.l][i];
const selected = () => symbols().indexOf(view.s);

function element(tag, text, options = {}) {
  const made = Object.assign(document.createElement(tag), options);
  if (text !== undefined) made.textContent = text;
  return made;
}

// --- The view and its address --------------------------------------------------------------------

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  view = { ...fixed };
  for (const key of Object.keys(fixed)) if (given.has(key)) view[key] = given.get(key);
  if (!data.networks.includes(view.n)) view.n = fixed.n;
  if (!data.ids[view.l]) view.l = Object.keys(data.ids)[0];
  if (!data.periods.includes(view.p)) view.p = "all";
  if (selected() < 0) view.s = "";
  zoom = { k: 1, x: 0, y: 0 };
}

function writeAddress() {
  const told = new URLSearchParams();
  for (const key of Object.keys(fixed)) if (view[key] !== fixed[key]) told.set(key, view[key]);
  history.replaceState(null, "", "#" + told.toString());
}

function change(values) {
  Object.assign(view, values);
  if (selected() < 0) view.s = "";
  writeAddress();
  show();
}

// --- What is shown -------------------------------------------------------------------------------

function prepare() {
  const nodes = data.nodes[of()] || [], all = view.b === "2" ? [] : data.edges[of()] || [];
  const edges = (view.b === "0" ? all : all.filter((e) => e[4])).slice(0, SHOWN_EDGES);
  const largest = nodes.reduce((most, node) => Math.max(most, node[1]), 1);
  index = { nodes, edges, bySize: [...nodes].sort((a, b) => b[1] - a[1]), at: new Map(nodes.map((node) => [node[0], node])), largest,
    heaviest: edges.reduce((most, e) => Math.max(most, e[2]), 1),
    next: view.b === "2" && view.l === "subclass" ? data.predicted[view.n] || [] : [] };
}

// Asked of the page once a drawing: each question would make it lay itself out.
let size = [0, 0];
const place = (i) => {
  const [x, y] = data.positions[view.l][i], [w, h] = size;
  return [(EDGE + x * (w - 2 * EDGE)) * zoom.k + zoom.x, (EDGE + (y / 1.08) * (h - 2 * EDGE)) * zoom.k + zoom.y];
};
// The same technology ends many lines: its place is computed once a drawing.
let spots = new Map();
function at(i) {
  let spot = spots.get(i);
  if (!spot) spots.set(i, (spot = place(i)));
  return spot;
}
const radius = (node) => (2.5 + 13 * Math.sqrt(node[1] / index.largest)) * Math.sqrt(zoom.k);
const PALETTE = ["#306fb6", "#1d8b63", "#b7641a", "#9c50a0", "#c53a49", "#806f00", "#4b7f8b", "#6c60c7", "#9a6342", "#656f7c"];

function colour(node) {
  if (view.c === "community") return node[2] < 0 ? "#8a929b" : PALETTE[node[2] % PALETTE.length];
  return PALETTE["GHBAFECD".indexOf(symbols()[node[0]][0]) % PALETTE.length];
}

function draw() {
  const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  size = [w, h];
  spots = new Map();
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, w, h);
  const own = selected(), chosen = hover >= 0 ? hover : own, near = new Set([chosen]);
  for (const e of index.edges) if (e[0] === chosen || e[1] === chosen) near.add(e[0]).add(e[1]);
  drawEdges(chosen);
  for (const [a, b, chance] of index.next) {
    if (chosen >= 0 && a !== chosen && b !== chosen) continue;
    near.add(a).add(b);
    stroke(colours.across, 1 + 3 * chance, [4, 4], [[a, b]]);
  }
  for (const node of index.nodes) {
    const [x, y] = place(node[0]);
    pen.globalAlpha = chosen < 0 || near.has(node[0]) ? 1 : 0.18;
    pen.beginPath();
    pen.arc(x, y, radius(node), 0, 7);
    pen.fillStyle = colour(node);
    pen.fill();
    if (data.core[view.l][node[0]] || node[0] === own) {
      pen.lineWidth = node[0] === own ? 4 : 1.6;
      pen.strokeStyle = colours.ink;
      pen.stroke();
    }
  }
  drawNames(chosen, near);
  pen.globalAlpha = 1;
}

function stroke(style, width, dash, pairs) {
  pen.beginPath();
  for (const [a, b] of pairs) {
    const from = at(a), to = at(b);
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
  }
  pen.strokeStyle = style;
  pen.lineWidth = quick ? 1 : width;
  pen.setLineDash(quick ? [] : dash);
  pen.stroke();
  pen.setLineDash([]);
}

function drawEdges(chosen) {
  // One stroke for all lines of a kind: thousands of lines then cost no more than some.
  const kinds = new Map();
  for (const e of index.edges) {
    const width = Math.ceil(4 * Math.sqrt(e[2] / index.heaviest)), lit = chosen < 0 || e[0] === chosen || e[1] === chosen;
    const key = `${e[5]}|${width}|${lit ? 1 : 0}`;
    if (!kinds.has(key)) kinds.set(key, []);
    kinds.get(key).push(e);
  }
  for (const [key, pairs] of kinds) {
    const [across, width, lit] = key.split("|").map(Number);
    pen.globalAlpha = lit ? (chosen < 0 ? 0.55 : 0.95) : 0.06;
    stroke(across ? colours.across : colours.within, width, across ? [7, 2] : [], pairs);
  }
}

function drawNames(chosen, near) {
  pen.font = "600 12px ui-monospace, Menlo, Consolas, monospace";
  pen.textAlign = "center";
  pen.lineJoin = "round";
  // The chosen one first, then by size.
  const taken = [], first = index.at.get(chosen), order = first ? [first, ...index.bySize] : index.bySize;
  for (const node of order) {
    if (chosen >= 0 && !near.has(node[0])) continue;
    const [x, y] = place(node[0]), top = y - radius(node) - 4;
    if (taken.some(([a, b]) => Math.abs(a - x) < 44 && Math.abs(b - top) < 13)) continue;
    taken.push([x, top]);
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.panel;
    pen.lineWidth = 4;
    pen.strokeText(symbols()[node[0]], x, top);
    pen.fillStyle = colours.ink;
    pen.fillText(symbols()[node[0]], x, top);
  }
}

// While a map of many lines moves it is drawn in thin lines without dashes, and once more when it rests.
let waiting = false, quick = false, rest = 0;
function later() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    quick = index.edges.length > 1000;
    draw();
    if (!quick) return;
    quick = false;
    clearTimeout(rest);
    rest = setTimeout(draw, 150);
  });
}

// --- Beside the map --------------------------------------------------------------------------------

function chooser(i) {
  const button = element("button", symbols()[i], { type: "button", className: "symbol", title: title(i) });
  button.addEventListener("click", () => change({ s: symbols()[i] }));
  return button;
}

function rows(head, body) {
  const table = element("table"), top = table.createTHead().insertRow(), rest = table.createTBody();
  for (const name of head) top.append(element("th", name, { scope: "col" }));
  for (const cells of body) {
    const row = rest.insertRow();
    for (const cell of cells) {
      const made = row.insertCell();
      if (cell instanceof Node) made.append(cell); else made.textContent = cell;
      if (/^[\d.,]+$/.test(made.textContent)) made.className = "n";
    }
  }
  return table;
}

function showSide() {
  const side = $("side"), i = selected();
  side.replaceChildren();
  if (i < 0) {
    side.append(element("h2", "Largest technologies"));
    const largest = [...index.nodes].sort((a, b) => b[1] - a[1]).slice(0, 14);
    side.append(largest.length ? rows(["", "title", "families"], largest.map((node) => [chooser(node[0]), title(node[0]), round(node[1])]))
      : element("p", "No family of this choice has a technology: choose another country, period or all families."));
    return;
  }
  const node = index.at.get(i), close = element("button", "Clear", { type: "button" });
  close.addEventListener("click", () => change({ s: "" }));
  const head = element("h2", symbols()[i] + " ");
  head.append(close);
  side.append(head, element("p", title(i) || "No title is known."));
  const state = data.core[view.l][i] ? "Key core technology. " : "Not key core. ";
  side.append(element("p", state + (node ? `${round(node[1])} families here` + (node[2] >= 0 ? `, community ${node[2] + 1}.` : ".") : "Not in this network.")));
  const pairs = (data.edges[of()] || []).filter((e) => e[0] === i || e[1] === i).sort((a, b) => b[2] - a[2]);
  side.append(element("h3", `${pairs.length} technologies it meets`));
  side.append(rows(["", "title", "families", "strength", ""], pairs.slice(0, 40).map((e) => {
    const other = e[0] === i ? e[1] : e[0];
    return [chooser(other), title(other), round(e[2]), round(e[3]), e[4] ? "beyond chance" : ""];
  })));
  const next = view.l === "subclass" ? (data.predicted[view.n] || []).filter((e) => e[0] === i || e[1] === i) : [];
  if (next.length) {
    side.append(element("h3", "May meet next"));
    side.append(rows(["", "title", "chance"], next.map((e) => {
      const other = e[0] === i ? e[1] : e[0];
      return [chooser(other), title(other), Math.round(e[2] * 100) + " %"];
    })));
  }
}

function showStatus() {
  const left = data.left[of()] || 0, total = index.edges.length + index.next.length;
  const rarer = data.rarer[view.l] || 0;
  $("status").textContent =
    `${names(view.n)}: ${index.nodes.length} technologies, ${total} ${index.next.length ? "predicted pairs" : "pairs"} drawn` +
    (left && view.b === "0" ? `; ${left.toLocaleString("en")} weaker pairs are in the mart only` : "") +
    (rarer ? `; ${rarer.toLocaleString("en")} rarer technologies are in the mart only` : "") +
    (view.b === "2" && view.l !== "subclass" ? ". Links are predicted for subclasses only." : ".");
}

function matching(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = symbols().map((symbol, i) => i).filter((i) => {
    const all = (symbols()[i] + " " + title(i)).toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const weight = (i) => (index.at.get(i) || [0, 0])[1];
  const exact = (i) => symbols()[i].toLowerCase().startsWith(words[0]);
  return found.sort((a, b) => exact(b) - exact(a) || weight(b) - weight(a));
}

function showFound() {
  const found = matching(view.q), list = $("found");
  list.replaceChildren();
  for (const i of found.slice(0, 8)) {
    const item = element("li");
    item.append(chooser(i), " " + title(i));
    list.append(item);
  }
  $("count").textContent = view.q ? `${found.length} found` : "";
}

function showTable() {
  const countries = data.networks.slice(1), count = {};
  for (const network of data.networks)
    for (const node of data.nodes[of(network)] || []) (count[node[0]] ||= {})[network] = node[1];
  const world = data.networks[0], by = sorting.by === "world" ? world : sorting.by;
  let list = Object.keys(count).map(Number);
  if (view.q) { const found = new Set(matching(view.q)); list = list.filter((i) => found.has(i)); }
  if (view.k) list = list.filter((i) => data.core[view.l][i]);
  list.sort((a, b) => (by === "symbol" ? (symbols()[a] < symbols()[b] ? 1 : -1) : (count[a][by] || 0) - (count[b][by] || 0)) * (sorting.down ? -1 : 1) || a - b);
  const head = $("head");
  head.replaceChildren();
  for (const [key, name] of [["symbol", "Technology"], ["world", names(world)], ...countries.map((c) => [c, names(c)])]) {
    const cell = element("th", undefined, { scope: "col" }), button = element("button", name, { type: "button" });
    if (sorting.by === key) cell.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
    button.addEventListener("click", () => { sorting = { by: key, down: sorting.by === key ? !sorting.down : true }; showTable(); $("head").querySelectorAll("button")[["symbol", "world", ...countries].indexOf(key)].focus(); });
    cell.append(button);
    head.append(cell);
  }
  const body = $("body");
  body.replaceChildren();
  for (const i of list.slice(0, 100)) {
    const row = body.insertRow(), first = element("th", undefined, { scope: "row" });
    first.append(chooser(i), " " + title(i) + (data.core[view.l][i] ? " · key core" : ""));
    row.append(first);
    if (i === selected()) row.className = "chosen";
    for (const network of data.networks) row.append(element("td", count[i][network] ? round(count[i][network]) : "–", { className: "n" }));
  }
  $("rows").textContent = list.length > 100 ? `The first 100 of ${list.length.toLocaleString("en")} technologies.` : `${list.length} technologies.`;
}

function show() {
  for (const [id, key] of [["network", "n"], ["families", "f"], ["period", "p"], ["level", "l"], ["pairs", "b"], ["colour", "c"]]) $(id).value = view[key];
  if ($("find").value !== view.q) $("find").value = view.q;
  $("core").checked = Boolean(view.k);
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "panel", "across", "within"]) colours[name] = style.getPropertyValue("--" + name).trim();
  prepare();
  showSide();
  showFound();
  showStatus();
  showTable();
  draw();
}

// --- What a reader does ----------------------------------------------------------------------------

function under(event) {
  const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = -1, least = Infinity;
  for (const node of index.nodes) {
    const [a, b] = place(node[0]), far = Math.hypot(a - x, b - y) - radius(node);
    if (far < least && far < (event.pointerType === "touch" ? 16 : 6)) { least = far; best = node[0]; }
  }
  return best;
}

function zoomAt(by, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const k = Math.min(12, Math.max(0.8, zoom.k * by)), f = k / zoom.k;
  zoom = { k, x: x - (x - zoom.x) * f, y: y - (y - zoom.y) * f };
  later();
}

const fingers = new Map();
let moved = 0;
canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); fingers.set(event.pointerId, event); moved = 0; });
canvas.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) { const now = under(event); if (now !== hover) { hover = now; canvas.title = now < 0 ? "" : `${symbols()[now]} ${title(now)}`; later(); } return; }
  moved += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
  if (fingers.size === 2) {
    const other = [...fingers].find(([id]) => id !== event.pointerId)[1], box = canvas.getBoundingClientRect();
    const far = (e) => Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY) || 1;
    zoomAt(far(event) / far(before), (event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top);
  } else { zoom.x += event.clientX - before.clientX; zoom.y += event.clientY - before.clientY; later(); }
  fingers.set(event.pointerId, event);
});
canvas.addEventListener("pointerup", (event) => {
  fingers.delete(event.pointerId);
  if (moved < 6) { const i = under(event); change({ s: i < 0 ? "" : symbols()[i] }); }
});
canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
canvas.addEventListener("pointerleave", () => { if (hover >= 0) { hover = -1; later(); } });
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && document.activeElement !== canvas) return; // a page that is scrolled stays a page
  event.preventDefault();
  const box = canvas.getBoundingClientRect();
  zoomAt(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener("keydown", (event) => {
  if (event.key === "+" || event.key === "=") zoomAt(1.25);
  else if (event.key === "-") zoomAt(0.8);
  else if (event.key === "0") { zoom = { k: 1, x: 0, y: 0 }; later(); }
  else if (event.key === "Escape") change({ s: "" });
  else if (WAYS[event.key]) {
    event.preventDefault();
    const [dx, dy] = WAYS[event.key], start = selected();
    const largest = index.nodes.reduce((best, node) => (!best || node[1] > best[1] ? node : best), null);
    if (start < 0) { if (largest) change({ s: symbols()[largest[0]] }); return; }
    const [x, y] = place(start);
    let best = -1, least = Infinity;
    for (const node of index.nodes) {
      const [a, b] = place(node[0]), ahead = (a - x) * dx + (b - y) * dy, aside = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
      if (node[0] !== start && ahead > 1 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = node[0]; }
    }
    if (best >= 0) change({ s: symbols()[best] });
  }
});
$("find").addEventListener("input", (event) => change({ q: event.target.value }));
$("find").addEventListener("keydown", (event) => {
  const found = matching(view.q);
  if (event.key === "Enter" && found.length) { event.preventDefault(); change({ s: symbols()[found[0]] }); }
  if (event.key === "Escape") change({ q: "", s: "" });
});
for (const [id, key] of [["network", "n"], ["families", "f"], ["period", "p"], ["level", "l"], ["pairs", "b"], ["colour", "c"]])
  $(id).addEventListener("change", (event) => change({ [key]: event.target.value }));
$("core").addEventListener("change", (event) => change({ k: event.target.checked ? "1" : "" }));
for (const [id, by] of [["closer", 1.25], ["farther", 0.8]]) $(id).addEventListener("click", () => zoomAt(by));
$("whole").addEventListener("click", () => { zoom = { k: 1, x: 0, y: 0 }; later(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { event.preventDefault(); $("find").focus(); }
});
addEventListener("hashchange", () => { readAddress(); show(); });
addEventListener("resize", later);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
$("controls").addEventListener("submit", (event) => event.preventDefault());
readAddress();
show();
