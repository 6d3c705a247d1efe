package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has used.
 *
 * @param cpuMillis of user and system time since its start
 * @param memoryKib its share of resident memory now
 * @param peakKib the most that was resident
 */
record Usage(long cpuMillis, long memoryKib, long peakKib) {

  /** Clock ticks of Linux are hundredths of a second everywhere. */
  private static final int TICK_MILLIS = 10;

  /** Of a process and, for servers that fork workers, its children. */
  static Usage of(Process process) throws IOException {
    Usage sum = of(process.pid());
    for (ProcessHandle child : process.descendants().toList()) {
      sum = sum.plus(of(child.pid()));
    }
    return sum;
  }

  private static Usage of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(proc.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return new Usage(
        ticks * TICK_MILLIS,
        kib(proc.resolve("smaps_rollup"), "Pss:"),
        kib(proc.resolve("status"), "VmHWM:"));
  }

  private static long kib(Path file, String key) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  private Usage plus(Usage other) {
    return new Usage(
        cpuMillis + other.cpuMillis, memoryKib + other.memoryKib, peakKib + other.peakKib);
  }
}
