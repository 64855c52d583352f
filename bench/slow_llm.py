"""A server that takes its time: chat completions after a fixed wait, on bare sockets so that it is never what is measured.

python bench/slow_llm.py 0.05       prints the port that it took
"""

from __future__ import annotations

import asyncio
import sys

ANSWER = (
    b'{"id":"x","object":"chat.completion","created":0,"model":"bench","choices":[{"index":0,"message":{"role":"assistant",'
    b'"content":"{\\"label\\": \\"positive\\", \\"confidence\\": 0.9}","refusal":null},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}'
)
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request of a connection."""
    wait = float(sys.argv[1])
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            await asyncio.sleep(wait)
            writer.write(REPLY)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until told to end."""
    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
