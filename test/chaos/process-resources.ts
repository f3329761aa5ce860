import { readdirSync } from 'node:fs';

/** Descriptors that a process holds: files, sockets, pipes (proc(5)). */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
