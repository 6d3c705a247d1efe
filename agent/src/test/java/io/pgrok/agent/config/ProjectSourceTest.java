package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs {@code pgrok up} may have got the project's file from anybody. */
class ProjectSourceTest {

  private static final String TUNNELS =
      "tunnels: {web: {proto: {http: 3000}}, ssh: {proto: {tcp: 22}}}\n";

  @TempDir Path project;
  @TempDir Path home;

  @Test
  void theTunnelsAreTheProjectsAndTheWayIsTheUsers() throws Exception {
    user(
        "server_addr: mine.example:4443\nserver_ca: ca.pem\nauth_token: secret\ntunnels: {own: {proto: {http: 1}}}");
    project(TUNNELS);

    SessionSpec session = source(Flags.NONE).load();

    assertThat(session.tunnels()).extracting(TunnelSpec::name).containsExactly("web", "ssh");
    assertThat(session.link())
        .isEqualTo(
            new Link(
                new HostPort("mine.example", 4443),
                "secret",
                new Trust.PemFile(Path.of("ca.pem"))));
    assertThat(source(Flags.NONE).notices()).containsExactly("Project " + file());
  }

  @Test
  void namesChoose() throws Exception {
    project(TUNNELS);

    assertThat(source(Flags.NONE, "ssh").load().tunnels())
        .extracting(TunnelSpec::name)
        .containsExactly("ssh");
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(Flags.NONE, "wbe").load())
        .withMessageContaining("no tunnel 'wbe'")
        .withMessageContaining("[web, ssh]");
  }

  @Test
  void aServerThatOnlyTheProjectNamesGetsNothingOfTheUsers() throws Exception {
    user("server_addr: mine.example:4443\nauth_token: secret");
    project("server_addr: theirs.example:4443\nserver_ca: ca.pem\n" + TUNNELS);

    assertThat(source(Flags.NONE).load().link())
        .isEqualTo(
            new Link(
                new HostPort("theirs.example", 4443),
                "",
                new Trust.PemFile(project.resolve("ca.pem"))));
    assertThat(source(Flags.NONE).notices())
        .anyMatch(notice -> notice.contains("is not sent to theirs.example:4443"))
        .noneMatch(notice -> notice.contains("secret"));
  }

  @Test
  void aTokenOfUnknownServerIsNotSentToTheOneThatTheProjectNames() throws Exception {
    user("auth_token: secret");
    project("server_addr: theirs.example:4443\n" + TUNNELS);

    assertThat(source(Flags.NONE).load().link().token()).isEmpty();
  }

  @Test
  void aServerThatBothNameGetsTheUsersToken() throws Exception {
    user("server_addr: ours.example:4443\nauth_token: secret");
    project("server_addr: ours.example:4443\n" + TUNNELS);

    assertThat(source(Flags.NONE).load().link().token()).isEqualTo("secret");
    assertThat(source(Flags.NONE).notices()).hasSize(1);
  }

  @Test
  void theProjectMayNotLayTheWayOfTheUsersToken() throws Exception {
    user("server_addr: ours.example:4443\nauth_token: secret");
    for (String key : List.of("server_ca", "http_proxy", "tls_client_crt", "tls_client_key")) {
      String value = key.equals("http_proxy") ? "http://evil.example:3128" : "evil.pem";
      String pair =
          key.startsWith("tls")
              ? "tls_client_crt: evil.pem\ntls_client_key: evil.pem"
              : key + ": " + value;
      project("server_addr: ours.example:4443\n" + pair + "\n" + TUNNELS);

      assertThatExceptionOfType(InvalidConfigException.class)
          .as(key)
          .isThrownBy(() -> source(Flags.NONE).load())
          .withMessageStartingWith(file() + ":2: ")
          .withMessageContaining("the way to yours is described in " + home.resolve(".pgrok"));
    }
  }

  @Test
  void flagsBeatBothFiles() throws Exception {
    user("server_addr: mine.example:4443\nauth_token: secret");
    project("server_addr: theirs.example:4443\nserver_ca: ca.pem\n" + TUNNELS);

    Link link = source(new Flags("flag.example:1", "flag", null, null, null)).load().link();

    assertThat(link)
        .isEqualTo(new Link(new HostPort("flag.example", 1), "flag", new Trust.SystemRoots()));
  }

  @Test
  void aTokenInTheProjectIsTakenAndWarnedOf() throws Exception {
    user("server_addr: ours.example:4443\nauth_token: secret");
    project("auth_token: shared\n" + TUNNELS);

    assertThat(source(Flags.NONE).load().link())
        .isEqualTo(new Link(new HostPort("ours.example", 4443), "shared", new Trust.SystemRoots()));
    assertThat(source(Flags.NONE).notices())
        .anyMatch(notice -> notice.startsWith("auth_token in " + file() + " can be read by"));
  }

  @Test
  void whatIsWrongIsNamedWithFileLineAndKey() throws Exception {
    project("server_addr: ours.example:4443\ntunels: {}\n");
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(Flags.NONE).load())
        .withMessageStartingWith(file() + ":2: tunels is no key here");

    project("server_addr: ours.example:4443\n");
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(Flags.NONE).load())
        .withMessageStartingWith(file() + ":1: tunnels is missing: say what to open");
  }

  @Test
  void thePathsOfTheFileAreTheProjects() throws Exception {
    project(
        "tunnels: {web: {proto: {http: \"https://localhost:8443\"}, upstream: {ca: certs/ca.pem}}}");

    assertThat(source(Flags.NONE).load().tunnels().getFirst().upstream().trust())
        .isEqualTo(new Trust.PemFile(project.resolve("certs/ca.pem")));
  }

  @Test
  void theInspectorIsWhereTheProjectOrElseTheUserWantsIt() throws Exception {
    user("inspect_addr: disabled");
    project(TUNNELS);
    assertThat(source(Flags.NONE).load().inspectAddr()).isEqualTo("disabled");

    project("inspect_addr: 127.0.0.1:5050\n" + TUNNELS);
    assertThat(source(Flags.NONE).load().inspectAddr()).isEqualTo("127.0.0.1:5050");
  }

  @Test
  void itsFolderIsWatched() {
    assertThat(source(Flags.NONE).directory()).isEqualTo(project);
  }

  private ProjectSource source(Flags flags, String... names) {
    Selection selection =
        names.length == 0 ? new Selection.All() : new Selection.Named(List.of(names));
    return new ProjectSource(
        file(), new FileSource(home.resolve(".pgrok"), true, flags, selection), selection);
  }

  private Path file() {
    return project.resolve("pgrok.yml");
  }

  private void project(String text) throws IOException {
    Files.writeString(file(), text);
  }

  private void user(String text) throws IOException {
    Files.writeString(home.resolve(".pgrok"), text);
  }
}
