/** Builds the pages that measure the drawing surfaces; never part of what is shipped. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const page = (name: string) => new URL(`dev/${name}.html`, import.meta.url).pathname;

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { outDir: "dist/bench", emptyOutDir: true, target: "es2022", rollupOptions: { input: [page("bench-canvas"), page("bench-text")] } },
});
