"use strict";
// The legend with its switches, the count of what is shown, and the same as a list of text.
(() => {
  const { data, state, el } = kg;
  const count = (items, key) => items.reduce((sums, item) => sums.set(item[key], (sums.get(item[key]) || 0) + 1), new Map());
  const nodeCounts = count(data.nodes, "group");
  const edgeCounts = count(data.edges, "group");

  const stroke = (look) => {
    const line = el("span", { class: "stroke" });
    line.style.background = kg.colour(look);
    return line;
  };
  const switches = (id, looks, counts, off, picture) => {
    const list = document.getElementById(id);
    kg.clear(list);
    for (const look of looks) {
      const button = el("button", {
        type: "button",
        "aria-pressed": String(!off.has(look.key)),
        click: () => {
          off.has(look.key) ? off.delete(look.key) : off.add(look.key);
          button.setAttribute("aria-pressed", String(!off.has(look.key)));
          kg.redraw();
        },
      }, picture(look), el("span", { class: "term" }, kg.say(look)), el("span", { class: "number" }, kg.number(counts.get(look.key) || 0)));
      list.append(el("li", {}, button));
    }
  };
  const show = () => {
    switches("legend-nodes", data.legend.nodes, nodeCounts, state.nodesOff, kg.icon);
    switches("legend-edges", data.legend.edges, edgeCounts, state.edgesOff, stroke);
    const limit = document.getElementById("limit");
    limit.hidden = data.shown >= data.total;
    limit.textContent = limit.hidden ? "" : kg.t("limited", { shown: kg.number(data.shown), total: kg.number(data.total) });
    document.getElementById("empty").hidden = data.nodes.length > 0;
    counted();
  };

  const listing = document.getElementById("listing");
  const counted = () => {
    const text = kg.t("counted", { nodes: kg.number(kg.seen.nodes.size), edges: kg.number(kg.seen.edges.length) });
    const place = document.getElementById("count");
    if (place.textContent !== text) place.textContent = text;
    if (listing.open) fillList();
  };
  const fillList = () => {
    const list = document.getElementById("list");
    kg.clear(list);
    const nodes = data.nodes.filter((node) => kg.seen.nodes.has(node.id));
    nodes.sort((a, b) => kg.say(a.label).localeCompare(kg.say(b.label), state.language) || a.id - b.id);
    for (const node of nodes) {
      const about = [kg.say(data.classes[node.class]), kg.dates(node.start, node.end, true)].filter(Boolean).join(", ");
      list.append(el("li", {}, el("button", { type: "button", class: "name", click: () => kg.focus(node.id) }, kg.say(node.label)), ` ${about}`));
    }
  };
  listing.addEventListener("toggle", counted);
  kg.on("drawn", counted);
  kg.on("language", show);
  kg.on("theme", show);
  kg.showLegend = show;
})();
