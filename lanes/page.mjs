// Opens ComfyUI's page on a server in headless Chromium, loads a workflow, presses Run and waits for its picture.
// node page.mjs URL WORKFLOW CHROMIUM SCREENSHOT; needs playwright-core in the current folder. Exit 0: the picture is on the page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.cwd()}/`)("playwright-core");
const [url, workflow, executablePath, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));
const views = [];
page.on("response", (response) => {
  const at = new URL(response.url());
  if (at.origin !== new URL(url).origin) return;
  if (at.pathname.endsWith("/view")) views.push({ status: response.status(), file: at.searchParams.get("filename") });
  if (response.status() >= 500) problems.push(`${response.status()} ${at.pathname}`);
});
try {
  await page.goto(url, { waitUntil: "domcontentloaded", timeout: 120_000 });
  await page.waitForFunction(() => window.app?.graph !== undefined && window.app.extensionManager !== undefined, null, {
    timeout: 120_000,
  });
  // What greets a new user lies over the graph.
  await page.waitForTimeout(3000);
  await page.keyboard.press("Escape");
  await page.evaluate(
    async (prompt) => {
      await window.app.loadApiJson(prompt, "demo");
      window.app.canvas.ds.reset?.();
      await window.app.extensionManager.command?.execute?.("Comfy.Canvas.FitView");
    },
    JSON.parse(readFileSync(workflow, "utf8")),
  );
  await page.waitForTimeout(1000);
  const run = page.getByTestId("queue-button").first();
  if (await run.isVisible().catch(() => false)) await run.click();
  else await page.evaluate(() => window.app.queuePrompt(0));
  const end = Date.now() + 300_000;
  while (!views.some(({ status }) => status === 200) && Date.now() < end) await page.waitForTimeout(200);
  await page.waitForTimeout(2000);
  await page.screenshot({ path: screenshot });
  const shown = views.filter(({ status }) => status === 200);
  console.log(JSON.stringify({ title: await page.title(), shown, problems }));
  process.exitCode = shown.length > 0 ? 0 : 1;
} catch (error) {
  await page.screenshot({ path: screenshot }).catch(() => {});
  console.log(JSON.stringify({ error: String(error), views, problems }));
  process.exitCode = 1;
} finally {
  await browser.close();
}
