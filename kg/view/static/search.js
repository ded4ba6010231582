"use strict";
// The search field: completes over all names in all languages, whatever the accents and the case.
(() => {
  const { data, el } = kg;
  const field = document.getElementById("search");
  const list = document.getElementById("matches");
  const MOST = 12;
  let found = [];
  let at = -1;

  const index = data.nodes.map((node) => ({
    node,
    names: [...new Set([...Object.values(node.label), ...(node.names || [])])].map((name) => ({ name, folded: kg.fold(name) })),
  }));

  // Better the closer: the whole name, its beginning, the beginning of a word, anywhere; then the better connected node.
  const closeness = (folded, wanted) => {
    if (folded === wanted) return 0;
    if (folded.startsWith(wanted)) return 1;
    if (folded.includes(` ${wanted}`)) return 2;
    if (folded.includes(wanted)) return 3;
    return wanted.split(" ").every((word) => folded.includes(word)) ? 4 : Infinity;
  };
  const look = (text) => {
    const wanted = kg.fold(text);
    if (!wanted) return [];
    const hits = [];
    for (const { node, names } of index) {
      const best = names.map(({ name, folded }) => [closeness(folded, wanted), name]).sort((a, b) => a[0] - b[0])[0];
      if (best[0] < Infinity) hits.push({ node, name: best[1], close: best[0] });
    }
    return hits.sort((a, b) => a.close - b.close || b.node.degree - a.node.degree || a.node.id - b.node.id).slice(0, MOST);
  };

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    at = place;
    [...list.children].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === at));
      if (number === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) field.setAttribute("aria-activedescendant", `match-${at}`);
  };
  const choose = (hit) => {
    field.value = kg.say(hit.node.label);
    close();
    kg.focus(hit.node.id);
  };
  const open = () => {
    found = look(field.value);
    kg.clear(list);
    if (!kg.fold(field.value)) return close();
    found.forEach((hit, number) => {
      const label = kg.say(hit.node.label);
      const option = el("li", { role: "option", id: `match-${number}`, "aria-selected": "false" },
        kg.nodeIcon(hit.node), el("span", { class: "term" }, label), hit.name === label ? "" : el("span", { class: "soft" }, hit.name));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(hit);
      });
      list.append(option);
    });
    if (!found.length) list.append(el("li", { class: "soft", "aria-disabled": "true" }, kg.t("noMatch")));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(found.length ? 0 : -1);
  };

  field.addEventListener("input", open);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (event.key === "Enter") {
      if (list.hidden) open();
      if (found.length) choose(found[Math.max(at, 0)]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (list.hidden && !field.value) {
        field.blur();
        kg.release();
      }
      field.value = "";
      close();
    }
  });
})();
