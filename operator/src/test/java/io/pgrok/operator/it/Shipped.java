package io.pgrok.operator.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One of the project's programs as its image runs it, with the memory that its chart lets it have.
 *
 * @param process a JVM
 */
record Shipped(Process process) implements AutoCloseable {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path OPERATOR = ROOT.resolve("operator/target/quarkus-app/quarkus-run.jar");

  /**
   * pgrokd or the agent, as the module has been packaged.
   *
   * @param names of {@link ScaleNames}
   */
  static Shipped program(
      String module, String main, String memory, Path names, List<String> arguments)
      throws IOException {
    var target = ROOT.resolve(module).resolve("target");
    var command = new ArrayList<>(javaOptions(module));
    command.addAll(
        List.of(
            "-cp",
            "%s:%s:%s".formatted(target.resolve("classes"), target.resolve("lib/*"), names),
            main));
    command.addAll(arguments);
    return start(module, module, memory, command, Map.of());
  }

  static Shipped operator(String log, String memory, Map<String, String> environment)
      throws IOException {
    return start(log, "operator", memory, List.of("-jar", OPERATOR.toString()), environment);
  }

  /** The same, which finds public names as {@link ScaleNames} says. */
  static Shipped operator(String log, String memory, Path names, Map<String, String> environment)
      throws IOException {
    var command = new ArrayList<>(javaOptions("operator"));
    command.addAll(
        List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED", // as the jar's manifest says
            "-cp",
            "%s:%s".formatted(OPERATOR, names),
            "io.quarkus.bootstrap.runner.QuarkusEntryPoint"));
    return start(log, "operator", memory, command, environment);
  }

  /** Of the measurement, such as a profiler's. */
  private static List<String> javaOptions(String module) {
    return Stream.of(System.getProperty("scale.javaOptions." + module, "").split(" "))
        .filter(option -> !option.isEmpty())
        .toList();
  }

  private static Shipped start(
      String log, String module, String memory, List<String> rest, Map<String, String> environment)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:MaxRAM=" + memory);
    command.add("@" + ROOT.resolve(module).resolve("src/main/jib/app/jvm.args"));
    command.addAll(rest);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(Path.of("target/" + log + ".log").toFile()));
    builder.environment().putAll(environment);
    return new Shipped(builder.start());
  }

  long residentMiB() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /** User and system time since it began. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
