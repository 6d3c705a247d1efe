package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PgrokCommandLineTest {

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void listNamesTheTunnelsOfTheFile() throws Exception {
    Path file = directory.resolve("pgrok.yml");
    Files.writeString(file, "tunnels: {web: {proto: {http: 80}}, ssh: {proto: {tcp: 22}}}");

    assertThat(run("-config=" + file, "list")).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).containsExactly("web", "ssh");
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run("help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("start-all", "list", "version", "help", "-serverca");
  }

  @Test
  void versionNamesTheProtocol() {
    assertThat(run("version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).startsWith("pgrok ").contains("protocol 2, 3.0");
  }

  @Test
  void anUnknownFlagEndsWithAUsageError() {
    assertThat(run("-subdomian=x", "80")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("-subdomian=x").contains("Try 'pgrok help'.");
  }

  @Test
  void aBrokenFileEndsWithFileLineAndKey() throws Exception {
    Path file = directory.resolve("pgrok.yml");
    Files.writeString(file, "\nserver_adr: x:1\n");

    assertThat(run("-config=" + file, "start-all")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("pgrok: " + file + ":2: server_adr is no key here");
  }

  @Test
  void anUnknownTunnelEndsWithTheKnownOnes() throws Exception {
    Path file = directory.resolve("pgrok.yml");
    Files.writeString(file, "tunnels: {web: {proto: {http: 80}}}");

    assertThat(run("-config=" + file, "start", "wbe")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no tunnel 'wbe'").contains("[web]");
  }

  private int run(String... args) {
    CommandLine commandLine = PgrokCommandLine.create();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }
}
