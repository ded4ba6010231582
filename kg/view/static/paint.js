"use strict";
// Labels, painted over the drawing at a constant size on the screen and placed so that none covers another label or a node.
(() => {
  const { data, state } = kg;
  const FONT = '"Inter","Noto Sans","Noto Sans CJK KR","Segoe UI",system-ui,sans-serif';
  const ranked = [...data.nodes].sort((a, b) => b.degree - a.degree || a.id - b.id);
  const rank = new Map(ranked.map((node, place) => [node.id, place]));
  const AT_FIRST = 26;

  const clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);
  const hits = (box, others) =>
    others.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);

  kg.paint = (context) => {
    const styles = getComputedStyle(document.documentElement);
    const paper = styles.getPropertyValue("--paper").trim();
    const ink = styles.getPropertyValue("--ink").trim();
    const scale = kg.network.getScale();
    const canvas = kg.network.canvas.frame.canvas;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const lit = kg.lit();
    const shown = data.nodes.filter((node) => kg.seen.nodes.has(node.id));
    const spots = new Map();
    const solid = [];
    const corner = kg.network.DOMtoCanvas({ x: 0, y: 0 });
    for (const node of shown) {
      const at = kg.network.body.nodes[node.id];
      if (!at) continue;
      const x = (at.x - corner.x) * scale;
      const y = (at.y - corner.y) * scale;
      const r = node.size * scale;
      if (x < -r || y < -r || x > width + r || y > height + r) continue;
      spots.set(node.id, { x, y, r });
      if (!lit || lit.nodes.has(node.id)) solid.push([x - r * 0.8, y - r * 0.8, x + r * 0.8, y + r * 0.8, node.id]);
    }
    const zoomed = Math.max(1, (scale / (kg.fitted || scale)) ** 2);
    const budget = AT_FIRST * zoomed * 1.4;
    const wanted = shown
      .filter((node) => spots.has(node.id) && (lit ? lit.nodes.has(node.id) : rank.get(node.id) < budget))
      .sort((a, b) => rank.get(a.id) - rank.get(b.id));
    const chosen = (node) => node.id === state.hover || node.id === state.node;
    wanted.sort((a, b) => Number(chosen(b)) - Number(chosen(a)));
    if (state.hover !== null && spots.has(state.hover) && !wanted.some((node) => node.id === state.hover)) {
      wanted.unshift(kg.nodesOf.get(state.hover));
    }

    context.save();
    context.translate(corner.x, corner.y);
    context.scale(1 / scale, 1 / scale);
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.strokeStyle = paper;
    const taken = [];
    for (const node of wanted) {
      const spot = spots.get(node.id);
      const strong = chosen(node) || (!lit && rank.get(node.id) < 8);
      const size = chosen(node) ? 14 : strong ? 13 : 11.5;
      context.font = `${strong ? "600 " : ""}${size}px ${FONT}`;
      const text = clip(kg.say(node.label), chosen(node) ? 90 : 34);
      const wide = context.measureText(text).width + 4;
      const tall = size + 3;
      const { x, y, r } = spot;
      const places = [
        [x - wide / 2, y + r + 2],
        [x + r + 3, y - tall / 2],
        [x - wide / 2, y - r - tall - 2],
        [x - r - 3 - wide, y - tall / 2],
      ];
      const others = solid.filter((box) => box[4] !== node.id);
      const boxes = places.map(([left, top]) => [left, top, left + wide, top + tall]);
      const inside = boxes.filter((box) => box[0] >= 0 && box[1] >= 0 && box[2] <= width && box[3] <= height);
      const apart = inside.filter((box) => !hits(box, taken));
      const free = apart.find((box) => !hits(box, others));
      const place = free || (chosen(node) ? inside[0] || boxes[0] : strong || node.size > 20 ? apart[0] : null);
      if (!place) continue;
      taken.push([place[0], place[1], place[0] + wide, place[1] + tall]);
      context.lineWidth = chosen(node) ? 5 : 3.5;
      context.strokeText(text, place[0] + 2, place[1] + tall / 2);
      context.fillStyle = ink;
      context.fillText(text, place[0] + 2, place[1] + tall / 2);
    }
    if (lit && lit.edges.size <= 40) paintEdges(context, lit, corner, scale, taken, solid);
    context.restore();
    kg.network.body.container.dataset.labels = String(taken.length);
  };

  const paintEdges = (context, lit, corner, scale, taken, solid) => {
    context.font = `10.5px ${FONT}`;
    context.lineWidth = 3.5;
    for (const id of [...lit.edges].sort((a, b) => a - b)) {
      const edge = data.edges[id];
      const line = kg.network.body.edges[id];
      if (!line || !line.connected) continue;
      const text = clip(kg.say(edge.label), 30);
      const wide = context.measureText(text).width + 4;
      for (const part of [0.5, 0.38, 0.62]) {
        const middle = line.edgeType.getPoint(part);
        const x = (middle.x - corner.x) * scale;
        const y = (middle.y - corner.y) * scale;
        const box = [x - wide / 2, y - 7, x + wide / 2, y + 7];
        if (hits(box, taken) || hits(box, solid)) continue;
        taken.push(box);
        context.strokeText(text, box[0] + 2, y);
        context.fillStyle = kg.colour(kg.edgeLooks.get(edge.group));
        context.fillText(text, box[0] + 2, y);
        break;
      }
    }
  };
})();
