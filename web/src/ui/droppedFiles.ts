/** What was dropped, folders walked through, each file with its path inside the drop. */

export interface NamedFile {
  /** Relative path, for example "photos/cat.jpg". */
  name: string;
  file: File;
}

export async function droppedFiles(data: DataTransfer): Promise<NamedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ name: file.name, file }));
  const lists = await Promise.all(entries.map((entry) => walk(entry)));
  return lists.flat();
}

async function walk(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // A reader hands out at most 100 entries at a time; an empty answer ends it.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    for (const inner of some) if (!inner.name.startsWith(".")) found.push(...(await walk(inner)));
  }
}
