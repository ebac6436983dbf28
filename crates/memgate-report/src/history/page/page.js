
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const commits = data.commits;
  const element = (id) => document.getElementById(id);
  // Names and messages are somebody else's: they become text, never markup.
  const make = (name, attributes, text) => {
    const node = document.createElement(name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const draw = (name, attributes, text) => {
    const node = document.createElementNS("http" + "://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const number = new Intl.NumberFormat("en");
  const shown = (value, isBytes) => {
    if (!isBytes) return number.format(value);
    if (Math.abs(value) < 10240) return number.format(value) + " B";
    const prefixes = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let scaled = value / 1024, prefix = 0;
    while (Math.abs(scaled) >= 1023.995 && prefix + 1 < prefixes.length) { scaled /= 1024; prefix += 1; }
    return scaled.toFixed(2) + " " + prefixes[prefix];
  };
  const percent = (from, to) => {
    if (from === to || from === 0) return "";
    const change = (to - from) / Math.abs(from) * 100;
    return (change > 0 ? "+" : "") + change.toFixed(1) + " %";
  };
  const shortId = (id) => id.slice(0, 10);
  const address = (position) => data.commit_url ? data.commit_url + commits[position].id : null;
  const described = (position) => {
    const commit = commits[position];
    return shortId(commit.id) + " " + commit.subject + " (" + commit.author_date + ")";
  };
  const pointsOf = (series) => {
    if (series.points) return series.points;
    const points = [];
    let position = 0;
    for (const word of series.runs.split(" ")) {
      if (word[0] === "_") { position += Number(word.slice(1)); continue; }
      const [value, count] = word.split("x");
      for (let left = Number(count || 1); left > 0; left--) points.push([position++, Number(value)]);
    }
    return series.points = points;
  };

  // Names that a series had before, each with the first commit that does not have it any more.
  const formerly = (series) => series.formerly || [];

  const unique = (key) => [...new Set(data.series.map((series) => series[key]))];
  const option = (select, values) => values.forEach((value) => select.append(make("option", {value}, value)));
  option(element("metric"), unique("metric"));
  option(element("target"), unique("target"));
  element("summary").textContent = number.format(new Set(data.series.map((series) => series.id)).size) + " benchmarks, "
    + number.format(commits.length) + " commits"
    + (commits.length ? ", the newest " + described(commits.length - 1) : "");

  let rows = [], selected = null, from = 0, to = Math.max(commits.length - 1, 0), cursor = null;

  const fill = () => {
    const metric = element("metric").value, target = element("target").value;
    const list = document.createDocumentFragment();
    rows = [];
    for (const series of data.series) {
      if (series.metric !== metric || series.target !== target) continue;
      const item = make("li"), button = make("button", {type: "button", "aria-pressed": "false"}, series.id);
      const change = percent(series.first, series.newest);
      button.append(make("small", {}, shown(series.newest, series.is_bytes) + (change ? "  " + change : "")
        + (series.changes.length ? "  changes: " + series.changes.length : "")));
      button.addEventListener("click", () => choose(series));
      item.append(button);
      list.append(item);
      rows.push({series, item, button, words: [series.id, ...formerly(series).map((name) => name[1])].join(" ").toLowerCase(), changed: series.first !== series.newest || series.changes.length > 0});
    }
    element("list").replaceChildren(list);
    search();
    const same = selected && rows.find((row) => row.series.id === selected.id);
    const first = same || rows.find((row) => !row.item.hidden);
    if (first) choose(first.series);
  };
  const search = () => {
    const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const changed = element("changed").checked;
    let count = 0;
    for (const row of rows) {
      const isShown = words.every((word) => row.words.includes(word)) && (!changed || row.changed);
      if (row.item.hidden === isShown) row.item.hidden = !isShown;
      count += isShown;
    }
    element("count").textContent = number.format(count) + " of " + number.format(rows.length) + " shown";
  };
  const choose = (series) => {
    selected = series;
    cursor = null;
    for (const row of rows) row.button.setAttribute("aria-pressed", String(row.series === series));
    render();
  };
  const range = (newFrom, newTo) => {
    const last = Math.max(commits.length - 1, 0);
    const within = (value) => Math.min(Math.max(Math.round(value) || 0, 0), last);
    [from, to] = [within(Math.min(newFrom, newTo)), within(Math.max(newFrom, newTo))];
    render();
  };

  let WIDTH = 900;
  const HEIGHT = 340, LEFT = 90, RIGHT = 12, TOP = 12, BOTTOM = 30;
  const x = (position) => LEFT + (WIDTH - LEFT - RIGHT) * (to === from ? 0.5 : (position - from) / (to - from));
  const positionAt = (event, svg) => {
    const box = svg.getBoundingClientRect();
    const part = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    return Math.round(from + Math.min(Math.max(part, 0), 1) * (to - from));
  };
  const visible = () => pointsOf(selected).filter(([position]) => position >= from && position <= to);

  const render = () => {
    if (!selected) return;
    element("name").textContent = selected.id + ", " + selected.metric;
    element("definition").textContent = selected.metric + ": " + selected.definition + " (" + selected.target + ")";
    element("formerly").hidden = !formerly(selected).length;
    element("formerly").textContent = "Called " + formerly(selected)
      .map(([until, name]) => name + " before " + (until < commits.length ? described(until) : "now")).join(", then ");
    element("from").value = from + 1;
    element("to").value = to + 1;
    element("from").max = element("to").max = commits.length;
    WIDTH = Math.max(element("chart").clientWidth, 320);
    const points = visible();
    const values = points.map((point) => point[1]);
    let low = values.reduce((a, b) => Math.min(a, b), Infinity), high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!points.length) { low = 0; high = 1; }
    if (low === high) { const pad = Math.max(1, Math.abs(low) * 0.05); low -= pad; high += pad; }
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low);
    const label = selected.id + ", " + selected.metric + ": " + (points.length
      ? points.length + " values from " + shown(values[0], selected.is_bytes) + " to " + shown(values[values.length - 1], selected.is_bytes)
      : "no values in this range");
    const svg = draw("svg", {viewBox: "0 0 " + WIDTH + " " + HEIGHT, tabindex: "0", role: "application",
      "aria-label": label, "aria-describedby": "help"});
    for (let step = 0; step <= 4; step++) {
      const value = low + (high - low) * step / 4;
      svg.append(draw("line", {class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value)}));
      svg.append(draw("text", {x: LEFT - 6, y: y(value) + 4, "text-anchor": "end"}, shown(Math.round(value), selected.is_bytes)));
    }
    if (commits.length) {
      svg.append(draw("text", {x: LEFT, y: HEIGHT - 8}, shortId(commits[from].id)));
      svg.append(draw("text", {x: WIDTH - RIGHT, y: HEIGHT - 8, "text-anchor": "end"}, shortId(commits[to].id)));
    }
    let path = "", before = null;
    for (const [position, value] of points) {
      // A gap in the records is a gap in the line.
      path += (before !== null && position === before + 1 ? "L" : "M") + x(position).toFixed(1) + " " + y(value).toFixed(1);
      before = position;
    }
    svg.append(draw("path", {class: "path", d: path}));
    if (points.length <= 200) for (const [position, value] of points) {
      svg.append(draw("circle", {class: "dot", cx: x(position), cy: y(value), r: 2.5}));
    }
    for (const [position, old, level] of selected.changes) if (position >= from && position <= to) {
      svg.append(draw("line", {class: "mark " + (level > old ? "rise" : "fall"), x1: x(position), x2: x(position), y1: TOP, y2: HEIGHT - BOTTOM}));
    }
    const line = draw("line", {class: "cursor", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden"});
    const band = draw("rect", {class: "band", y: TOP, height: HEIGHT - TOP - BOTTOM, width: 0});
    svg.append(line, band);
    interact(svg, line, band, points);
    const hadFocus = element("chart").contains(document.activeElement);
    element("chart").replaceChildren(svg);
    if (hadFocus) svg.focus();
    element("point").textContent = "";
    changes();
  };
  const interact = (svg, line, band, points) => {
    const go = (index) => {
      if (!points.length) return;
      cursor = Math.min(Math.max(index, 0), points.length - 1);
      const [position, value] = points[cursor];
      line.setAttribute("x1", x(position));
      line.setAttribute("x2", x(position));
      line.setAttribute("visibility", "visible");
      element("point").textContent = shown(value, selected.is_bytes) + (selected.is_bytes ? " (" + number.format(value) + " B)" : "")
        + " at " + described(position);
    };
    const open = (position) => {
      const link = address(position);
      if (link) window.open(link, "_blank", "noopener,noreferrer");
    };
    const nearest = (position) => {
      let best = 0;
      points.forEach((point, index) => {
        if (Math.abs(point[0] - position) < Math.abs(points[best][0] - position)) best = index;
      });
      return best;
    };
    let start = null;
    svg.addEventListener("pointerdown", (event) => { start = positionAt(event, svg); });
    svg.addEventListener("pointermove", (event) => {
      const here = positionAt(event, svg);
      go(nearest(here));
      if (start === null || !(event.buttons & 1)) return;
      band.setAttribute("x", Math.min(x(start), x(here)));
      band.setAttribute("width", Math.abs(x(start) - x(here)));
    });
    svg.addEventListener("pointerup", (event) => {
      const here = positionAt(event, svg), began = start;
      start = null;
      if (began !== null && Math.abs(here - began) > 1) range(began, here);
      else if (points.length) open(points[nearest(here)][0]);
    });
    svg.addEventListener("keydown", (event) => {
      const at = cursor === null ? points.length : cursor;
      const moves = {ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 20, PageDown: at + 20, Home: 0, End: points.length - 1};
      if (event.key in moves) { go(moves[event.key]); event.preventDefault(); }
      else if (event.key === "Enter" && cursor !== null) open(points[cursor][0]);
      else if (event.key === "Escape") { cursor = null; range(0, commits.length - 1); }
    });
  };
  const changes = () => {
    const list = element("changes");
    list.replaceChildren();
    element("none").hidden = selected.changes.length > 0;
    for (const [position, before, after] of selected.changes) {
      const item = make("li"), link = address(position);
      const rise = after > before;
      item.append(make("span", {class: rise ? "rise" : "fall"}, (rise ? "Rise " : "Fall ") + shown(before, selected.is_bytes) + " → "
        + shown(after, selected.is_bytes) + " " + percent(before, after)), " at ");
      item.append(link ? make("a", {href: link, rel: "noopener noreferrer"}, described(position)) : described(position));
      list.append(item);
    }
  };

  window.addEventListener("resize", render);
  element("search").addEventListener("input", search);
  element("changed").addEventListener("change", search);
  element("metric").addEventListener("change", fill);
  element("target").addEventListener("change", fill);
  element("from").addEventListener("change", () => range(element("from").value - 1, to));
  element("to").addEventListener("change", () => range(from, element("to").value - 1));
  element("all").addEventListener("click", () => range(0, commits.length - 1));
  fill();
})();
