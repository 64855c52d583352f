/** Build and dev server of the web app; the build lands inside the Python package, which serves it. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.MILO_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../src/milo/_ui",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    cssCodeSplit: true,
  },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: false } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
