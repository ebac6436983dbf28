"use strict";
{
  const [data, tree, said, search] = ["flame-data", "flame", "flame-said", "flame-search"].map((id) => document.getElementById(id));
  const ROW = 24;
  const rows = [];
  const put = ([name, bytes, samples, own, called], parent, depth, index) => {
    const frame = { name, bytes, samples, own, parent, depth, index, children: [], item: null };
    rows.push(frame);
    frame.children = called.map((child, at) => put(child, frame, depth + 1, at));
    return frame;
  };
  const root = put(JSON.parse(data.textContent), null, 0, 0);
  let zoomed = root;
  let current = root;

  const size = (bytes) => {
    let unit = 0;
    for (; bytes >= 1024 && unit < 4; unit++) bytes /= 1024;
    return (unit && bytes < 100 ? bytes.toFixed(1) : bytes.toFixed(0)) + " " + ["B", "KiB", "MiB", "GiB", "TiB"][unit];
  };
  const percent = (frame) => (frame.bytes / root.bytes * 100).toFixed(1) + " %";
  // Names of one crate have one hue.
  const hue = (name) => {
    let sum = 7;
    for (const character of name.replace(/^[<&[(]+/, "").split("::")[0]) sum = (sum * 31 + character.codePointAt(0)) % 360;
    return sum;
  };
  const text = (frame) => `${frame.name}: ${size(frame.bytes)}, ${percent(frame)}, ${frame.samples} samples`;

  rows.forEach((frame, number) => {
    const item = frame.item = document.createElement("div");
    item.id = "frame-" + number;
    item.className = frame.own ? "frame" : "frame plumbing";
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", frame.depth + 1);
    item.setAttribute("aria-label", text(frame));
    item.textContent = frame.name;
    item.title = text(frame);
    item.style.setProperty("--hue", hue(frame.name));
    item.addEventListener("click", () => { choose(frame); zoom(frame); });
    tree.append(item);
  });

  // Who is zoomed to is as wide as the whole, and so are those who called it.
  const draw = () => {
    const width = tree.clientWidth;
    let deepest = 0;
    const place = (frame, left, wide) => {
      const shown = wide * width >= 1;
      frame.item.hidden = !shown;
      if (shown) {
        deepest = Math.max(deepest, frame.depth);
        Object.assign(frame.item.style, { left: left * 100 + "%", width: wide * 100 + "%", top: frame.depth * ROW + "px" });
        frame.item.classList.toggle("narrow", wide * width < 30);
      }
      let from = left;
      const above = frame !== zoomed && ancestors.has(frame);
      for (const child of frame.children) {
        const part = above ? (child === zoomed || ancestors.has(child) ? wide : 0) : wide * child.bytes / Math.max(frame.bytes, 1);
        place(child, above ? left : from, part);
        from += part;
      }
    };
    const ancestors = new Set();
    for (let frame = zoomed; frame; frame = frame.parent) ancestors.add(frame);
    place(root, 0, 1);
    tree.style.height = (deepest + 1) * ROW + "px";
  };

  const choose = (frame) => {
    current.item.setAttribute("aria-selected", "false");
    current = frame;
    frame.item.setAttribute("aria-selected", "true");
    tree.setAttribute("aria-activedescendant", frame.item.id);
    said.textContent = text(frame);
  };
  const zoom = (frame) => { zoomed = frame; draw(); };
  const beside = (step) => {
    const all = (current.parent?.children ?? []).filter((frame) => !frame.item.hidden);
    return all[all.indexOf(current) + step];
  };

  tree.addEventListener("keydown", (event) => {
    const to = {
      ArrowUp: () => current.parent,
      ArrowDown: () => current.children.find((frame) => !frame.item.hidden),
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
      Home: () => root,
      Enter: () => (zoom(current), current),
      " ": () => (zoom(current), current),
      Escape: () => (zoom(root), current),
    }[event.key];
    if (!to || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(to() ?? current);
  });
  tree.addEventListener("mouseover", (event) => {
    const frame = rows.find((frame) => frame.item === event.target);
    if (frame) said.textContent = text(frame);
  });
  tree.addEventListener("mouseleave", () => { said.textContent = text(current); });
  search.addEventListener("input", () => {
    const word = search.value.toLowerCase();
    let bytes = 0;
    const mark = (frame, within) => {
      const found = word !== "" && frame.name.toLowerCase().includes(word);
      frame.item.classList.toggle("found", found);
      // What is called by one that was found is in it already.
      if (found && !within) bytes += frame.bytes;
      frame.children.forEach((child) => mark(child, within || found));
    };
    mark(root, false);
    tree.classList.toggle("searched", word !== "");
    said.textContent = word === "" ? text(current) : `${search.value}: ${size(bytes)}, ${(bytes / root.bytes * 100).toFixed(1)} %`;
  });
  window.addEventListener("resize", draw);
  document.getElementById("flame-part").hidden = false;
  choose(root);
  draw();
}
