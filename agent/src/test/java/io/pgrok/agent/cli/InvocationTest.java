package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.agent.config.DirectorySource;
import io.pgrok.agent.config.FileSource;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.ProjectSource;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.Selection;
import io.pgrok.agent.config.SessionSpec;
import io.pgrok.agent.config.TunnelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class InvocationTest {

  @TempDir Path directory;

  @Test
  void oneWordIsAPortOfThisMachine() throws Exception {
    TunnelSpec tunnel = tunnel("8080");

    assertThat(tunnel.targets())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Protocol.HTTP, PrivateAddress.plain(new HostPort("127.0.0.1", 8080)),
                Protocol.HTTPS, PrivateAddress.plain(new HostPort("127.0.0.1", 8080))));
    assertThat(tunnel.nameIsOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-subdomain=shop -proto=tcp -httpauth=u:p 10.0.0.1:80",
        "--subdomain=shop --proto=tcp --httpauth=u:p 10.0.0.1:80",
        "-subdomain shop -proto tcp -httpauth u:p 10.0.0.1:80",
        "10.0.0.1:80 --subdomain shop -proto=tcp -httpauth=u:p",
      })
  void flagsTakeOneDashOrTwoAndEqualsOrASpace(String line) throws Exception {
    TunnelSpec tunnel = tunnel(line.split(" "));

    assertThat(tunnel.subdomain()).isEqualTo("shop");
    assertThat(tunnel.auth()).isEqualTo("u:p");
    assertThat(tunnel.targets())
        .containsExactly(
            Map.entry(Protocol.TCP, PrivateAddress.plain(new HostPort("10.0.0.1", 80))));
  }

  @Test
  void everyFlagOfTheReferenceIsTaken() throws Exception {
    Invocation invocation =
        parse(
            "-config=pgrok.yml -log=none -log-level=DEBUG -authtoken=t -httpauth=u:p -subdomain=s"
                + " -hostname=h -proto=http -serveraddr=s:1 -inspectaddr=i:2 -inspectpublic -tls"
                + " -tlsClientCrt=c -tlsClientKey=k 80");

    assertThat(invocation).isInstanceOf(Invocation.Serve.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls=true 80", "-tls=false 80", "-inspectpublic=true 80"})
  void aSwitchMaySayTrueOrFalseAsInTheReference(String line) throws Exception {
    assertThat(parse(line)).isInstanceOf(Invocation.Serve.class);
  }

  @Test
  void aFolderIsServedOnceAFileServerListens() throws Exception {
    Invocation.ServeFolder folder =
        (Invocation.ServeFolder) parse("-subdomain=docs " + directory + "/");

    FileSource source = (FileSource) folder.serve().apply(new HostPort("127.0.0.1", 8123)).source();

    assertThat(folder.folder()).isEqualTo(directory);
    assertThat(((Selection.Only) source.selection()).tunnel().targets())
        .containsOnlyKeys(Protocol.HTTP, Protocol.HTTPS)
        .containsValue(PrivateAddress.plain(new HostPort("127.0.0.1", 8123)));
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> parse("./not-there")).hasMessage("there is no folder ./not-there");
  }

  @Test
  void withoutConfigTheDefaultFileMayBeAbsent() throws Exception {
    FileSource source = (FileSource) ((Invocation.Serve) parse("start-all")).source();

    assertThat(source.optional()).isTrue();
    assertThat(source.file().getFileName()).hasToString(".pgrok");
    assertThat(source.selection()).isEqualTo(new Selection.All());
  }

  @Test
  void noDefaultBeatsTheFile() throws Exception {
    Path file = directory.resolve("pgrok.yml");
    Files.writeString(
        file, "server_addr: from.file:1\nauth_token: from-file\ntunnels: {a: {proto: {http: 80}}}");

    SessionSpec plain = load("-config=" + file + " start a");
    SessionSpec flagged = load("-config=" + file + " -serveraddr=from.flag:2 -authtoken=x start a");

    assertThat(plain.link().server()).hasToString("from.file:1");
    assertThat(plain.link().token()).isEqualTo("from-file");
    assertThat(flagged.link().server()).hasToString("from.flag:2");
    assertThat(flagged.link().token()).isEqualTo("x");
  }

  @Test
  void aDirectoryHoldsASessionPerFile() throws Exception {
    Invocation.Serve serve = (Invocation.Serve) parse("-config=" + directory + " start-all");

    assertThat(serve.source()).isInstanceOf(DirectorySource.class);
    assertThat(serve.source().directory()).isEqualTo(directory);
  }

  @Test
  void aDirectoryMayComeLaterButAFileMayNot() throws Exception {
    Path later = directory.resolve("sessions");

    assertThat(((Invocation.Serve) parse("-config=" + later + " start-all")).source())
        .isInstanceOf(DirectorySource.class);
    assertThat(((Invocation.Serve) parse("-config=" + later + ".yml start-all")).source())
        .isInstanceOf(FileSource.class);
  }

  @Test
  void startTakesNames() throws Exception {
    FileSource source =
        (FileSource) ((Invocation.Serve) parse("-config=a.yml start web ssh")).source();

    assertThat(source.selection()).isEqualTo(new Selection.Named(List.of("web", "ssh")));
    assertThat(source.optional()).isFalse();
  }

  @Test
  void upReadsTheProjectsFileOverTheUsers() throws Exception {
    Path below = Files.createDirectories(directory.resolve("service/src"));
    Files.createDirectory(directory.resolve(".git"));
    Path file = Files.createFile(directory.resolve("pgrok.yml"));
    PgrokCommand command = command("-config=mine.yml up web");

    ProjectSource source = Invocation.project(command, List.of("web"), below);

    assertThat(source.file()).isEqualTo(file);
    assertThat(source.user().file()).isEqualTo(Path.of("mine.yml"));
    assertThat(source.selection()).isEqualTo(new Selection.Named(List.of("web")));
    assertThat(Invocation.project(command, List.of(), below).selection())
        .isEqualTo(new Selection.All());
  }

  @Test
  void upWithoutAProjectSaysWhereItLooked() throws Exception {
    Files.createDirectory(directory.resolve(".git"));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Invocation.project(command("up"), List.of(), directory))
        .withMessageStartingWith(
            "there is no pgrok.yml here, nor in a folder above up to " + directory);
  }

  @Test
  void commandsThatOnlyPrint() throws Exception {
    assertThat(parse("help")).isInstanceOf(Invocation.Help.class);
    assertThat(parse("version")).isInstanceOf(Invocation.Version.class);
    assertThat(parse("list")).isInstanceOf(Invocation.ListTunnels.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "| say what to open",
        "start| name the tunnels to start",
        "80 81| one port or address at a time, not 80 81",
        "web| 'web' must be a port",
        "-proto=ftp 80| -proto must be http, https, http+https, tcp or tls",
        "-log-level=LOUD 80| -log-level must be DEBUG, INFO, WARNING or ERROR",
        "-httpauth=secret 80| -httpauth must be user:password",
        "-statusaddr=here 80| -statusaddr must be a port",
      })
  void whatCannotBeMeantIsRefusedWithWhatToWrite(String lineAndError) {
    String[] parts = lineAndError.split("\\| ");

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(parts[0]))
        .withMessageContaining(parts[1]);
  }

  private static TunnelSpec tunnel(String... words) throws Exception {
    FileSource source = (FileSource) ((Invocation.Serve) parse(String.join(" ", words))).source();
    return ((Selection.Only) source.selection()).tunnel();
  }

  private static SessionSpec load(String line) throws Exception {
    return ((FileSource) ((Invocation.Serve) parse(line)).source()).load();
  }

  private static Invocation parse(String line) throws UsageException {
    return Invocation.of(command(line));
  }

  private static PgrokCommand command(String line) {
    CommandLine commandLine = PgrokCommandLine.create();
    commandLine.parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
    return commandLine.getCommand();
  }
}
