"use strict";
// The page's data, its state, and the few helpers that all other scripts use. All text goes into the page as text, never as markup.
const kg = {};

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Packed by kg/view/packing.py: IRIs without the base, edges as rows with numbers of words, claims that are those of an end, and claims without what is usual.
  const whole = (text) => (data.base && text.startsWith("~") ? data.base + text.slice(1) : text);
  const looks = new Map(data.legend.nodes.map((look) => [look.key, look]));
  data.nodes.forEach((node) => Object.assign(node, { iri: whole(node.iri), shape: looks.get(node.group).shape }));
  for (const [number, claim] of Object.entries(data.claims)) data.claims[number] = { ...data.usual, ...claim };
  const inWords = new Set(["label", "group", "role", "via", "note"]);
  data.edges = data.edges.map((row, id) => {
    const edge = { id };
    data.row.forEach((name, place) => {
      const value = row[place];
      if (name === "held") edge.held = value === 1;
      else if (value === undefined || value === "" || (inWords.has(name) && value < 0)) return;
      else edge[name] = inWords.has(name) ? data.words[value] : value;
    });
    if (edge.via) edge.via = whole(edge.via);
    if (edge.claims === 1 || edge.claims === 2) edge.claims = data.nodes[edge.claims === 1 ? edge.from : edge.to].claims;
    if (!edge.claims) delete edge.claims;
    return edge;
  });
  kg.data = data;
  kg.state = {
    language: data.language,
    theme: "",
    node: null,
    edge: null,
    hover: null,
    nodesOff: new Set(),
    edgesOff: new Set(),
    range: null,
  };
  kg.nodesOf = new Map(data.nodes.map((node) => [node.id, node]));
  kg.byIri = new Map(data.nodes.map((node) => [node.iri, node]));
  kg.nodeLooks = new Map(data.legend.nodes.map((look) => [look.key, look]));
  kg.edgeLooks = new Map(data.legend.edges.map((look) => [look.key, look]));
  kg.touching = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of data.edges) {
    kg.touching.get(edge.from).push(edge);
    kg.touching.get(edge.to).push(edge);
  }

  const listeners = new Map();
  kg.on = (name, act) => listeners.set(name, [...(listeners.get(name) || []), act]);
  kg.tell = (name) => (listeners.get(name) || []).forEach((act) => act());

  kg.t = (key, values = {}) => {
    const text = data.texts[kg.state.language][key] || key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
  kg.say = (label) => (label ? label[kg.state.language] || label.en || "" : "");
  kg.number = (value) => new Intl.NumberFormat(kg.state.language).format(value);
  kg.fold = (text) =>
    text
      .toLocaleLowerCase("en")
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/ß/g, "ss")
      .replace(/ø/g, "o")
      .replace(/ł/g, "l")
      .replace(/[\s\-‐–’'.]+/gu, " ")
      .trim();

  // A partial date is shown as partial as it is.
  const moment = (iso) => {
    const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?!\d)/.exec(iso || "");
    if (!found) return null;
    const [, year, month, day] = found;
    const parts = { year: "numeric", timeZone: "UTC" };
    if (month) parts.month = "short";
    if (day) parts.day = "numeric";
    return { at: new Date(Date.UTC(Number(year), Number(month || 1) - 1, Number(day || 1))), parts };
  };
  const format = (parts) => new Intl.DateTimeFormat(kg.state.language === "de" ? "de-DE" : "en-GB", parts);
  kg.date = (iso) => {
    const found = moment(iso);
    return found ? format(found.parts).format(found.at) : iso || "";
  };
  const range = (start, end) => {
    const [first, last] = [moment(start), moment(end)];
    const alike = first && last && first.at <= last.at && Object.keys(first.parts).length === Object.keys(last.parts).length;
    return alike ? format(first.parts).formatRange(first.at, last.at) : `${kg.date(start)} – ${kg.date(end)}`;
  };
  kg.dates = (start, end, point) => {
    if (start && end && start !== end) return range(start, end);
    if (start && (point || start === end)) return kg.date(start);
    if (start) return kg.t("since", { start: kg.date(start) });
    return end ? kg.t("until", { end: kg.date(end) }) : "";
  };

  kg.el = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "click") made.addEventListener("click", value);
      else if (key === "class") made.className = value;
      else made.setAttribute(key, value === true ? "" : String(value));
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };
  kg.clear = (element) => element.replaceChildren();
  kg.link = (address, text) => {
    let whole = null;
    try {
      whole = new URL(address);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    if (!whole || !["http:", "https:"].includes(whole.protocol)) return kg.el("span", {}, text);
    return kg.el("a", { href: whole.href, target: "_blank", rel: "noopener noreferrer" }, text);
  };

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  kg.isDark = () => (kg.state.theme ? kg.state.theme === "dark" : dark.matches);
  dark.addEventListener("change", () => kg.tell("theme"));
  kg.colour = (look) => (look ? (kg.isDark() ? look.dark : look.colour) : "#888888");

  // A shape as an SVG picture for legend and lists, drawn as vis-network draws it on the canvas.
  const SVG = "http://www.w3.org/2000/svg";
  const corners = (count, radius, turn) =>
    Array.from({ length: count }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / count;
      return `${(8 + radius * Math.cos(angle)).toFixed(2)},${(8 + radius * Math.sin(angle)).toFixed(2)}`;
    });
  const star = () =>
    Array.from({ length: 10 }, (_, i) => {
      const radius = i % 2 ? 3.2 : 7.6;
      const angle = -Math.PI / 2 + (Math.PI * i) / 5;
      return `${(8 + radius * Math.cos(angle)).toFixed(2)},${(8.4 + radius * Math.sin(angle)).toFixed(2)}`;
    });
  const outlines = {
    square: () => ["2.5,2.5", "13.5,2.5", "13.5,13.5", "2.5,13.5"],
    diamond: () => corners(4, 7.4, 0),
    triangle: () => ["8,1.6", "15,13.8", "1,13.8"],
    triangleDown: () => ["8,14.4", "15,2.2", "1,2.2"],
    hexagon: () => corners(6, 7.2, 0),
    star,
  };
  kg.icon = (look) => {
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", "0 0 16 16");
    picture.setAttribute("class", "icon");
    picture.setAttribute("aria-hidden", "true");
    const round = !look || !(look.shape in outlines);
    const shape = document.createElementNS(SVG, round ? "circle" : "polygon");
    if (round) for (const [key, value] of [["cx", 8], ["cy", 8], ["r", 6.4]]) shape.setAttribute(key, value);
    else shape.setAttribute("points", outlines[look.shape]().join(" "));
    shape.setAttribute("fill", kg.colour(look));
    picture.append(shape);
    return picture;
  };
  kg.nodeIcon = (node) => kg.icon(kg.nodeLooks.get(node.group));
})();
