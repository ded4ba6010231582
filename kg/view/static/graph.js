"use strict";
// The drawing: what is visible under the filters, in which colours, and what a click does.
(() => {
  const { data, state } = kg;
  const box = document.getElementById("graph");

  // A partial date covers all its days: its end compares with a tilde behind, which sorts after every digit.
  const within = (start, end, open) => {
    if (!state.range) return true;
    const last = end || (open ? "9999" : start);
    return (start || "0000") <= `${state.range[1]}~` && `${last}~` >= state.range[0];
  };
  const dated = (thing) => Boolean(thing.start || thing.end);
  const isEvent = (node) => node.kind === "event" || node.kind === "instrument";

  kg.visible = () => {
    const allowed = new Set();
    for (const node of data.nodes) {
      const inTime = !(isEvent(node) && dated(node)) || within(node.start, node.end, false);
      if (node.id === state.node || (!state.nodesOff.has(node.group) && inTime)) allowed.add(node.id);
    }
    const open = (edge) => !state.edgesOff.has(edge.group) && allowed.has(edge.from) && allowed.has(edge.to);
    let edges = data.edges.filter((edge) => open(edge) && (!dated(edge) || within(edge.start, edge.end, true)));
    if (state.range) {
      // Under a time range, what has no date of its own stays only beside something that happened or held then.
      const timed = (edge) => dated(edge) || [edge.from, edge.to].some((id) => isEvent(kg.nodesOf.get(id)) && dated(kg.nodesOf.get(id)));
      const kept = new Set(data.nodes.filter((node) => isEvent(node) && dated(node) && allowed.has(node.id)).map((node) => node.id));
      if (state.node !== null) kept.add(state.node);
      edges.filter(timed).forEach((edge) => kept.add(edge.from).add(edge.to));
      edges = edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to));
      return { nodes: kept, edges };
    }
    return { nodes: allowed, edges };
  };

  kg.lit = () => {
    if (state.edge !== null) {
      const edge = data.edges[state.edge];
      return { nodes: new Set([edge.from, edge.to]), edges: new Set([edge.id]) };
    }
    if (state.node === null) return null;
    const edges = kg.seen.edges.filter((edge) => edge.from === state.node || edge.to === state.node);
    return { nodes: new Set([state.node, ...edges.flatMap((edge) => [edge.from, edge.to])]), edges: new Set(edges.map((edge) => edge.id)) };
  };

  const paper = () => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
  const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();

  const nodeItem = (node, lit, colours) => {
    const colour = kg.colour(kg.nodeLooks.get(node.group));
    const chosen = node.id === state.node;
    const border = chosen ? colours.ink : colours.paper;
    const fill = node.claimed ? colours.paper : colour;
    const look = { background: fill, border: node.claimed && !chosen ? colour : border };
    return {
      id: node.id,
      hidden: !kg.seen.nodes.has(node.id),
      opacity: lit && !lit.nodes.has(node.id) ? 0.13 : 1,
      color: { ...look, highlight: look, hover: { ...look, border: colours.ink } },
      borderWidth: chosen ? 3 : node.claimed ? 2 : 1,
      shapeProperties: { borderDashes: node.claimed ? [3, 2] : false },
    };
  };
  const edgeItem = (edge, lit, shown) => {
    const colour = kg.colour(kg.edgeLooks.get(edge.group));
    const bright = lit ? lit.edges.has(edge.id) : false;
    const quiet = edge.group === "Structure" ? 0.24 : 0.42;
    const opacity = lit ? (bright ? 0.95 : 0.07) : quiet;
    return {
      id: edge.id,
      hidden: !shown.has(edge.id),
      color: { color: colour, highlight: colour, hover: colour, opacity, inherit: false },
      width: bright ? 2.2 : edge.group === "Relation" ? 1.6 : 1,
      arrows: { to: { enabled: true, scaleFactor: bright ? 0.6 : 0.35 } },
    };
  };

  kg.nodesSet = new vis.DataSet(
    data.nodes.map((node) => ({ id: node.id, x: node.x, y: node.y, shape: node.shape, size: node.size }))
  );
  kg.edgesSet = new vis.DataSet(
    data.edges.map((edge) => ({
      id: edge.id,
      from: edge.from,
      to: edge.to,
      dashes: edge.held ? false : [6, 4],
      smooth: edge.bend
        ? { enabled: true, type: edge.bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(edge.bend) }
        : { enabled: false, type: "continuous", roundness: 0 },
    }))
  );

  kg.redraw = () => {
    kg.seen = kg.visible();
    const lit = kg.lit();
    const colours = { paper: paper(), ink: ink() };
    const shown = new Set(kg.seen.edges.map((edge) => edge.id));
    kg.nodesSet.update(data.nodes.map((node) => nodeItem(node, lit, colours)));
    kg.edgesSet.update(data.edges.map((edge) => edgeItem(edge, lit, shown)));
    kg.tell("drawn");
  };

  kg.seen = kg.visible();
  kg.redraw();
  kg.network = new vis.Network(box, { nodes: kg.nodesSet, edges: kg.edgesSet }, data.options);
  kg.network.on("afterDrawing", (context) => kg.paint(context));
  kg.network.on("hoverNode", (event) => kg.hoverOver(event.node));
  kg.network.on("blurNode", () => kg.hoverOver(null));
  kg.network.on("click", (event) => {
    if (event.nodes.length) kg.focus(event.nodes[0], false);
    else if (event.edges.length) kg.focusEdge(event.edges[0]);
    else kg.release();
  });

  kg.hoverOver = (id) => {
    state.hover = id;
    box.classList.toggle("pointing", id !== null);
    kg.network.redraw();
  };
  kg.focus = (id, travel = true) => {
    state.node = id;
    state.edge = null;
    kg.redraw();
    kg.network.selectNodes([id], false);
    if (travel) kg.travel(kg.ready && !kg.calm());
    kg.tell("focus");
  };
  kg.focusEdge = (id) => {
    state.node = null;
    state.edge = id;
    kg.redraw();
    kg.network.unselectAll();
    kg.tell("focus");
  };
  kg.release = () => {
    if (state.node === null && state.edge === null) return;
    state.node = null;
    state.edge = null;
    kg.network.unselectAll();
    kg.redraw();
    kg.tell("focus");
  };
  kg.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Where the given nodes stand, with room for their labels; vis-network's own fit knows no sizes before the first painting.
  const show = (ids, most, gently) => {
    const nodes = ids.map((id) => kg.nodesOf.get(id));
    if (!nodes.length) return;
    const spot = (node) => kg.network.getPosition(node.id);
    const [left, right] = [Math.min(...nodes.map((n) => spot(n).x - n.size)), Math.max(...nodes.map((n) => spot(n).x + n.size))];
    const [top, bottom] = [Math.min(...nodes.map((n) => spot(n).y - n.size)), Math.max(...nodes.map((n) => spot(n).y + n.size))];
    const scale = Math.min(most, (box.clientWidth - 70) / (right - left), (box.clientHeight - 56) / (bottom - top));
    const animation = gently ? { duration: 350, easingFunction: "easeInOutQuad" } : false;
    kg.network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale, animation });
    return scale;
  };
  // What the view was last aimed at is aimed at again when the window changes, unless the reader has moved it since.
  let aim = null;
  kg.travel = (gently) => {
    const lit = kg.lit();
    if (lit) show([...lit.nodes], 1.25, gently);
    aim = () => kg.travel(false);
  };
  kg.fit = () => {
    kg.fitted = show([...kg.seen.nodes], 1.6, false) || 1;
    aim = kg.fit;
  };
  kg.fit();
  kg.network.on("zoom", () => (aim = null));
  kg.network.on("dragStart", () => (aim = null));
  kg.network.on("resize", () => requestAnimationFrame(() => aim && aim()));
  kg.on("theme", kg.redraw);
})();
