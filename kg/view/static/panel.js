"use strict";
// The details on the right: of the chosen node, of the chosen relation, or an overview.
(() => {
  const { data, state, el } = kg;
  const panel = document.getElementById("details");

  const section = (title, count, ...children) =>
    el("section", {}, el("h3", {}, count === null ? title : `${title} (${kg.number(count)})`), ...children);

  // One line: picture, name that can be chosen, what it is to the other, when, and the claims behind it.
  const row = ({ icon, label, node, note, when, claims, claimed, edge }) => {
    const name =
      node === undefined
        ? el("span", { class: "name" }, label)
        : el("button", { type: "button", class: "name", click: () => kg.focus(node) }, label);
    const time = when ? el("span", { class: "when" }, when) : "";
    const first = el("div", { class: "first" }, name, note ? "" : time);
    const what = el("div", { class: "what" }, first, note ? el("div", { class: "second" }, el("span", { class: "note" }, note), time) : "");
    const line = el("div", { class: claimed ? "row claimed" : "row" }, icon || el("span", { class: "icon" }), what);
    const item = el("li", {}, line);
    if (claims && claims.length) {
      let opened = null;
      const toggle = el("button", {
        type: "button",
        class: "proof",
        "aria-expanded": "false",
        "aria-label": `${label}: ${kg.t("evidence", { n: claims.length })}`,
        title: kg.t("evidence", { n: claims.length }),
        click: () => {
          opened ? opened.remove() : item.append((opened = kg.claims(claims)));
          if (!opened.isConnected) opened = null;
          toggle.setAttribute("aria-expanded", String(opened !== null));
        },
      }, `❝${kg.number(claims.length)}`);
      line.append(toggle);
    } else if (edge !== undefined) {
      line.append(el("button", { type: "button", class: "proof none", title: kg.t("details"), "aria-label": `${label}: ${kg.t("details")}`, click: () => kg.focusEdge(edge) }, "…"));
    } else line.append(el("span", {}));
    return item;
  };
  const rows = (items) => el("ul", { class: "rows" }, ...items);

  const classOf = (node) => kg.say(data.classes[node.class]) || node.class;
  const byDate = (a, b) => (a.start || "9999").localeCompare(b.start || "9999") || a.id - b.id;
  const otherEnd = (edge, node) => kg.nodesOf.get(edge.from === node.id ? edge.to : edge.from);
  const isEvent = (node) => node.kind === "event";

  const FEW = 6;
  const alsoCalled = (names) => {
    const place = el("dd", { class: "soft" }, names.slice(0, FEW).join(" · "));
    if (names.length > FEW) {
      const more = el("button", { type: "button", class: "more", click: () => (place.textContent = names.join(" · ")) }, kg.t("more", { n: names.length - FEW }));
      place.append(" ", more);
    }
    return place;
  };
  const labelsOf = (node) => {
    const list = el("dl", { class: "labels" });
    for (const [language, name] of [["en", "EN"], ["de", "DE"], ["ko", "KO"]]) {
      const text = node.label[language] || (language === "de" ? node.label.en : "");
      if (text) list.append(el("dt", {}, name), el("dd", { lang: language }, text));
    }
    if (node.names) list.append(el("dt", {}, kg.t("also")), alsoCalled(node.names));
    return list;
  };

  const factsOf = (node) => {
    const spoken = (node.facts || []).filter(([name, , language], _, all) =>
      !language || language === state.language || !all.some(([other, , its]) => other === name && its === state.language));
    if (!spoken.length) return null;
    const list = el("dl", { class: "facts" });
    let last = "";
    for (const [name, text, language] of spoken) {
      const shown = /Date$|founded|dissolved/.test(name) ? kg.date(text) : text;
      list.append(el("dt", {}, name === last ? "" : kg.t(name)), el("dd", language ? { lang: language } : {}, shown));
      last = name;
    }
    return section(kg.t("facts"), null, list);
  };

  const postsOf = (node) => {
    if (!node.posts) return null;
    const items = node.posts.map((post) =>
      row({
        label: node.kind === "person" ? kg.say(post.label) : post.with ? kg.say(post.with.label) : kg.say(post.label),
        note: node.kind === "person" ? (post.with ? kg.say(post.with.label) : "") : post.with ? kg.say(post.label) : "",
        node: post.with ? post.with.node : undefined,
        icon: post.with && post.with.node !== undefined ? kg.nodeIcon(kg.nodesOf.get(post.with.node)) : undefined,
        when: kg.dates(post.start, post.end),
        claims: post.claims,
      }));
    return section(kg.t(node.kind === "person" ? "posts" : "holders"), items.length, rows(items));
  };

  // Events once each, with all the roles the chosen node has in them.
  const eventsOf = (node, edges) => {
    const found = new Map();
    for (const edge of edges) {
      const other = otherEnd(edge, node);
      if (!isEvent(other)) continue;
      const entry = found.get(other.id) || { other, roles: [], claims: new Set(), held: false };
      entry.roles.push(kg.say(edge.label));
      (edge.claims || other.claims || []).forEach((number) => entry.claims.add(number));
      entry.held = entry.held || edge.held;
      found.set(other.id, entry);
    }
    const items = [...found.values()].sort((a, b) => byDate(a.other, b.other)).map(({ other, roles, claims, held }) =>
      row({
        icon: kg.nodeIcon(other),
        label: kg.say(other.label),
        node: other.id,
        note: [...new Set([classOf(other), ...roles])].join(" · "),
        when: kg.dates(other.start, other.end, true) || kg.t("undated"),
        claims: [...claims].sort((a, b) => a - b),
        claimed: !held,
      }));
    return items.length ? section(kg.t("events"), items.length, rows(items)) : null;
  };

  const relationsOf = (node, edges) => {
    const groups = new Map();
    for (const edge of edges) {
      if ((isEvent(otherEnd(edge, node)) && !isEvent(node)) || (node.posts && edge.via && edge.group === "Structure")) continue;
      const key = `${edge.from === node.id ? "→" : "←"} ${kg.say(edge.label)}`;
      groups.set(key, [...(groups.get(key) || []), edge]);
    }
    return [...groups].sort(([a], [b]) => a.slice(2).localeCompare(b.slice(2), state.language)).map(([key, members]) => {
      const items = members.sort((a, b) => byDate(a, b)).map((edge) => {
        const other = otherEnd(edge, node);
        return row({
          icon: kg.nodeIcon(other),
          label: kg.say(other.label),
          node: other.id,
          note: kg.say(edge.note),
          when: kg.dates(edge.start, edge.end) || (isEvent(other) || other.kind === "instrument" ? kg.dates(other.start, other.end, true) : ""),
          claims: edge.claims,
          claimed: !edge.held,
          edge: edge.id,
        });
      });
      return section(key, items.length, rows(items));
    });
  };

  const measuresOf = (node) => {
    if (!node.measures) return null;
    const items = node.measures.map((measure) =>
      row({ label: kg.say(measure.label), note: [measure.text, measure.cap].filter(Boolean).join(" · "), claims: measure.claims }));
    return section(kg.t("measures"), items.length, rows(items));
  };

  const warnings = (thing, claimed) =>
    [
      claimed ? el("p", { class: "warning" }, kg.t("claimedOnly")) : null,
      thing.unchecked ? el("p", { class: "warning" }, kg.t("unchecked")) : null,
    ].filter(Boolean);

  const back = () => el("button", { type: "button", class: "back", "aria-label": kg.t("back"), title: kg.t("back"), click: kg.release }, "×");

  const showNode = (node) => {
    const edges = kg.touching.get(node.id);
    const point = isEvent(node) || node.kind === "instrument";
    const when = point ? kg.dates(node.start, node.end, true) : kg.dates(node.start, node.end);
    panel.append(
      el("p", { class: "kind" }, kg.nodeIcon(node), classOf(node), when ? el("span", { class: "when" }, when) : "", back()),
      el("h2", {}, kg.say(node.label)),
      ...warnings(node, node.claimed),
      labelsOf(node),
      ...[
        factsOf(node),
        isEvent(node) && node.claims ? section(kg.t("claims"), node.claims.length, kg.claims(node.claims)) : null,
        postsOf(node),
        ...(isEvent(node) ? relationsOf(node, edges) : [eventsOf(node, edges), measuresOf(node), ...relationsOf(node, edges)]),
        !isEvent(node) && node.claims ? section(kg.t("claims"), node.claims.length, kg.claims(node.claims)) : null,
        node.doubts ? section(kg.t("doubts"), null, ...node.doubts.map((text) => el("p", {}, text))) : null,
        node.sources ? section(kg.t("sources"), node.sources.length, kg.sources(node.sources)) : null,
      ].filter(Boolean),
      el("p", { class: "iri" }, kg.t("id"), " ", el("code", {}, node.iri))
    );
  };

  const showEdge = (edge) => {
    const [from, to] = [kg.nodesOf.get(edge.from), kg.nodesOf.get(edge.to)];
    const look = kg.edgeLooks.get(edge.group);
    panel.append(
      el("p", { class: "kind" }, kg.t("relation"), " · ", kg.say(look), el("span", { class: "when" }, kg.dates(edge.start, edge.end)), back()),
      el("h2", {}, kg.say(edge.note) || kg.say(edge.label)),
      ...warnings(edge, !edge.held),
      rows([
        row({ icon: kg.nodeIcon(from), label: kg.say(from.label), node: from.id }),
        row({ icon: el("span", { class: "icon" }, "↓"), label: kg.say(edge.label) }),
        row({ icon: kg.nodeIcon(to), label: kg.say(to.label), node: to.id }),
      ])
    );
    const event = [from, to].find((node) => node.kind === "event");
    const claims = edge.claims || (event && event.claims) || [];
    panel.append(claims.length ? section(kg.t("claims"), claims.length, kg.claims(claims)) : el("p", { class: "soft" }, kg.t("noEvidence")));
  };

  const showOverview = () => {
    const hubs = [...data.nodes].sort((a, b) => b.degree - a.degree || a.id - b.id).slice(0, 12);
    const latest = data.nodes.filter((node) => isEvent(node) && node.start && !node.claimed).sort((a, b) => byDate(b, a)).slice(0, 10);
    panel.append(el("h2", {}, kg.t("welcome")), el("p", { class: "soft" }, kg.t("welcomeText")));
    if (hubs.length) {
      panel.append(section(kg.t("most"), null, rows(hubs.map((node) =>
        row({ icon: kg.nodeIcon(node), label: kg.say(node.label), node: node.id, when: kg.number(node.degree) })))));
    }
    if (latest.length) {
      panel.append(section(kg.t("latest"), null, rows(latest.map((node) =>
        row({ icon: kg.nodeIcon(node), label: kg.say(node.label), node: node.id, note: classOf(node), when: kg.dates(node.start, node.end, true), claims: node.claims })))));
    }
  };

  kg.showDetails = () => {
    kg.clear(panel);
    if (state.edge !== null) showEdge(data.edges[state.edge]);
    else if (state.node !== null) showNode(kg.nodesOf.get(state.node));
    else showOverview();
    panel.scrollTop = 0;
  };
  kg.on("focus", kg.showDetails);
  kg.on("language", kg.showDetails);
  kg.on("theme", kg.showDetails);
})();
