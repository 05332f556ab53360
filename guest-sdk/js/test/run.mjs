// Checks the kit's types and runs its tests, without an engine: every function of `wit/` is looked up in `globalThis.host`, which each
// test fills. The tools are those of `package.json`, in `node_modules` here or wherever CAISSON_TOOLS says.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const kit = fileURLToPath(new URL("..", import.meta.url));
const tools = join(process.env.CAISSON_TOOLS ?? join(kit, "node_modules"), ".bin");
const work = mkdtempSync(join(tmpdir(), "caisson-kit-"));

function run(program, args) {
    const { status, error } = spawnSync(program, args, { cwd: kit, stdio: "inherit" });
    if (error !== undefined || status !== 0) {
        throw new Error(`${program} ${args[0]} ${error?.message ?? `ended with ${status}`}`);
    }
}

const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** A stand-in for an interface: its functions, from the host of the test that runs. */
function standIn(file) {
    const text = readFileSync(join(kit, "wit", file), "utf8");
    const functions = [...text.matchAll(/^ {4}%?([a-z][a-z-]*): func/gm)].map((found) => camelCase(found[1]));
    const name = file.replace(".wit", "");
    const path = join(work, `${name}.js`);
    const lines = functions.map(
        (key) => `const ${key}_ = (...args) => globalThis.host["${name}"].${key}(...args);\nexport { ${key}_ as ${key} };\n`,
    );
    writeFileSync(path, lines.join(""));
    return `--alias:caisson:module/${name}@0.1.0=${path}`;
}

try {
    run(join(tools, "tsc"), ["-p", "."]);
    const aliases = readdirSync(join(kit, "wit")).filter((file) => file !== "worlds.wit").map(standIn);
    const tests = readdirSync(join(kit, "test")).filter((file) => file.endsWith(".test.ts"));
    const out = join(work, "out");
    mkdirSync(out);
    run(join(tools, "esbuild"), [
        ...tests.map((file) => join("test", file)),
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--out-extension:.js=.mjs",
        "--define:CAISSON_BIGINT=false",
        "--log-level=warning",
        // A function that is not in `wit/` has no stand-in.
        "--log-override:import-is-undefined=error",
        `--outdir=${out}`,
        ...aliases,
    ]);
    run(process.execPath, ["--test", ...readdirSync(out).map((file) => join(out, file))]);
} finally {
    rmSync(work, { recursive: true, force: true });
}
