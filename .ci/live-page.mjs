// Tries the page of a running service in a browser, as somebody with a mouse, with a keyboard and with a screen reader would, in light and
// in dark, under the policy that the page itself sends. Starts the service, which prints its address.
//
//     node .ci/live-page.mjs PROGRAM [FOLDER FOR SCREENSHOTS]
//
// Needs puppeteer-core and axe-core beside this file or in NODE_PATH, and Chromium. PROGRAM is what crates/memgate-live/tests/endpoint builds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(path.resolve(process.env.NODE_PATH ?? import.meta.dirname, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [program, folder] = process.argv.slice(2);
const service = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: service.stdout })[Symbol.asyncIterator]();
const { value: address } = await lines.next();
// Something beside the leak.
service.stdin.write("others\n");
assert.equal((await lines.next()).value, "kept");
const origin = `http://${address}`;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open(scheme, bypass) {
  const page = await browser.newPage();
  await page.setBypassCSP(bypass);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  // A browser asks for an icon by itself, and the page allows none.
  page.on("console", (message) => message.type() === "error" && !message.text().includes("favicon") && problems.push(message.text()));
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname !== "/debug/pprof/" && pathname !== "/favicon.ico") problems.push("it asks for " + request.url());
  });
  await page.setViewport({ width: 1280, height: 1000 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(`${origin}/debug/pprof/`, { waitUntil: "load" });
  return [page, problems];
}

try {
  for (const scheme of ["light", "dark"]) {
    const [page, problems] = await open(scheme, false);
    const said = () => page.$eval("#flame-said", (node) => node.textContent);
    const widest = (name) => page.$$eval(".frame", (nodes, name) => {
      const widths = nodes.filter((node) => !node.hidden && node.textContent.includes(name)).map((node) => node.getBoundingClientRect().width);
      return Math.max(0, ...widths) / document.querySelector("#flame").clientWidth;
    }, name);
    assert.ok(await page.$eval("#flame-part", (node) => node.offsetParent !== null), "the script has run");
    assert.ok(await widest("leaking_program::keep") > 0.6, "who leaks is the widest");

    // By keyboard alone: from the page's begin to the graph, inwards, zoomed and back.
    await page.focus("#flame-search");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "flame");
    const seen = new Set([await said()]);
    for (let depth = 0; depth < 40; depth++) {
      await page.keyboard.press("ArrowDown");
      seen.add(await said());
    }
    assert.ok([...seen].some((text) => /leaking_program::cache::Entry.+fill: \d+.* MiB, \d+\.\d %, \d+ samples/.test(text)), [...seen].join("\n"));
    await page.keyboard.press("Enter");
    const selected = "[aria-selected=true]";
    assert.equal(await page.$$eval(selected, (nodes) => nodes.length), 1);
    assert.equal(await page.$eval("#flame", (node) => node.getAttribute("aria-activedescendant")), await page.$eval(selected, (node) => node.id));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Home");
    assert.match(await said(), /^all that is shown: .+ 100\.0 %/);

    // By mouse: a click zooms, and who was clicked is as wide as the whole.
    const others = await page.$$eval(".frame", (nodes) => nodes.find((node) => node.textContent === "leaking_program::keep_others").id);
    const part = (id) => page.$eval("#" + id, (node) => node.offsetWidth / document.querySelector("#flame").clientWidth);
    assert.ok(await part(others) < 0.4 && await part(others) > 0.1, "a fifth");
    await page.click("#" + others);
    assert.ok(await part(others) > 0.98, "zoomed");
    assert.equal(await widest("leaking_program::keep"), await widest("leaking_program::keep_others"), "what is beside it is gone");
    assert.ok(await widest("leaking_program::main") > 0.98, "who called it is there");
    // Escape leads back, and the arrow to the function beside it.
    await page.focus("#flame");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowLeft");
    assert.match(await said(), /^leaking_program::keep: /);
    await page.type("#flame-search", "FILL");
    assert.match(await said(), /^FILL: .+ [678]\d\.\d %/);
    if (folder) await page.screenshot({ path: path.join(folder, `live-${scheme}.png`), fullPage: true });
    assert.deepEqual(problems, []);
    await page.close();

    // axe is put into the page, which allows no scripts of others.
    const [tried] = await open(scheme, true);
    await tried.evaluate(axe);
    const { violations, passes } = await tried.evaluate(() => axe.run());
    assert.deepEqual(violations.map((found) => [found.id, found.impact, found.nodes[0].html, found.nodes[0].failureSummary]), []);
    console.log(`${scheme}: the leak is seen, by mouse and by keyboard; axe: ${passes.length} rules passed, none failed`);
    await tried.close();
  }
} finally {
  await browser.close();
  service.stdin.end();
}
