package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {

  /** Long enough that only the file system's events can make a test pass. */
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir Path directory;
  private final List<SortedMap<String, Loaded>> seen = new CopyOnWriteArrayList<>();
  private ConfigWatcher watcher;

  @AfterEach
  void stop() {
    watcher.close();
  }

  @Test
  void tellsWhatThereIsBeforeStartReturns() throws Exception {
    write("one.yml", "server_addr: one:1");
    Files.writeString(directory.resolve("README"), "no session");
    Files.writeString(directory.resolve(".hidden.yml"), "server_addr: hidden:1");

    watch(directory, NEVER);

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().keySet()).containsExactly("one");
  }

  @Test
  void noticesFilesThatComeChangeAndGo() throws Exception {
    write("one.yml", "server_addr: one:1");
    watch(directory, NEVER);

    write("two.yml", "server_addr: two:2");
    await().until(() -> seen.getLast().containsKey("two"));

    write("one.yml", "server_addr: other:1");
    await().until(() -> server("one").equals("other:1"));

    Files.delete(directory.resolve("two.yml"));
    await().until(() -> !seen.getLast().containsKey("two"));
  }

  @Test
  void noticesTheKubeletsSwapOfASymbolicLink() throws Exception {
    // As the kubelet lays a Secret out: names lead through ..data into a dated folder.
    version("..2026_01", "one:1");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(directory.resolve("one.yml"), Path.of("..data", "one.yml"));
    watch(directory, NEVER);
    assertThat(server("one")).isEqualTo("one:1");

    version("..2026_02", "one:2");
    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(
        directory.resolve("..data_tmp"),
        directory.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE);

    await().until(() -> server("one").equals("one:2"));
  }

  @Test
  void aFileThatTheKubeletsSwapLeftOutIsGoneAndBreaksNothing() throws Exception {
    version("..2026_01", "one:1");
    write("..2026_01/one.0.tunnels", "tunnels: {web: {proto: {http: 80}}}");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
    for (String file : List.of("one.yml", "one.0.tunnels")) {
      Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
    }
    watch(directory, NEVER);
    assertThat(tunnels("one")).containsExactly("web");

    version("..2026_02", "one:1");
    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(
        directory.resolve("..data_tmp"),
        directory.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE);

    await().until(() -> seen.size() > 1);
    assertThat(seen.get(1).get("one")).isInstanceOf(Loaded.Good.class);
    assertThat(tunnels("one")).isEmpty();
  }

  @Test
  void waitsForADirectoryThatDoesNotExistYet() throws Exception {
    Path later = directory.resolve("later");
    watch(later, Duration.ofMillis(20));
    assertThat(seen.getFirst()).isEmpty();

    Files.createDirectory(later);
    Files.writeString(later.resolve("one.yml"), "server_addr: one:1");

    await().until(() -> seen.getLast().containsKey("one"));
  }

  @Test
  void aBrokenFileIsReportedAlone() throws Exception {
    write("good.yml", "server_addr: good:1");
    write("bad.yml", "tunnels: {");
    write("empty.yml", "\n");
    watch(directory, NEVER);

    SortedMap<String, Loaded> loaded = seen.getFirst();
    assertThat(loaded.get("good")).isInstanceOf(Loaded.Good.class);
    assertThat(loaded.get("bad"))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken -> assertThat(broken.error()).contains("bad.yml:").contains("not valid YAML"));
    assertThat(loaded.get("empty"))
        .isInstanceOfSatisfying(
            Loaded.Broken.class, broken -> assertThat(broken.error()).contains("is empty"));
  }

  @Test
  void aChangeThatMeansTheSameIsNotTold() throws Exception {
    write("one.yml", "server_addr: one:1");
    watch(directory, NEVER);

    write("one.yml", "# a comment\nserver_addr: one:1");
    write("two.yml", "server_addr: two:2");

    await().until(() -> seen.getLast().containsKey("two"));
    assertThat(seen.getLast().get("one")).isEqualTo(seen.getFirst().get("one"));
  }

  @Test
  void partsBesideASessionHoldMoreOfItsTunnels() throws Exception {
    write("a.b.yml", "server_addr: one:1\ntunnels: {zero: {proto: {http: 80}}}");
    write("a.b.0.tunnels", "tunnels: {one: {proto: {http: 80}}}");
    write("a.b.1.tunnels", "tunnels: {two: {proto: {http: 80}}}");
    write("later.0.tunnels", "tunnels: {three: {proto: {http: 80}}}");
    watch(directory, NEVER);
    assertThat(seen.getFirst().keySet()).containsExactly("a.b");
    assertThat(tunnels("a.b")).containsExactly("zero", "one", "two");
    assertThat(server("a.b")).isEqualTo("one:1");

    write("a.b.1.tunnels", "tunnels: {other: {proto: {http: 80}}}");
    await().until(() -> tunnels("a.b").equals(List.of("zero", "one", "other")));

    write("later.yml", "server_addr: later:1");
    await().until(() -> tunnels("later").equals(List.of("three")));

    Files.delete(directory.resolve("a.b.0.tunnels"));
    await().until(() -> tunnels("a.b").equals(List.of("zero", "other")));
  }

  @Test
  void aPartThatCannotBeUsedBreaksItsSession() throws Exception {
    write("twice.yml", "tunnels: {one: {proto: {http: 80}}}");
    write("twice.0.tunnels", "tunnels: {one: {proto: {http: 81}}}");
    write("more.yml", "server_addr: more:1");
    write("more.0.tunnels", "auth_token: secret\ntunnels: {one: {proto: {http: 80}}}");
    watch(directory, NEVER);

    assertThat(error("twice")).contains("twice.0.tunnels").contains("tunnels.one is in another");
    assertThat(error("more")).contains("more.0.tunnels").contains("tunnels and nothing else");
  }

  private String error(String session) {
    return seen.getLast().get(session) instanceof Loaded.Broken(String error) ? error : "";
  }

  private List<String> tunnels(String session) {
    return seen.getLast().get(session) instanceof Loaded.Good(SessionSpec spec)
        ? spec.tunnels().stream().map(TunnelSpec::name).toList()
        : List.of();
  }

  private void watch(Path where, Duration poll) throws IOException {
    watcher = new ConfigWatcher(new DirectorySource(where, Flags.NONE), seen::add, poll);
    watcher.start();
  }

  private String server(String session) {
    return seen.getLast().get(session) instanceof Loaded.Good(SessionSpec spec)
        ? spec.link().server().toString()
        : "";
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private void version(String folder, String server) throws IOException {
    Files.createDirectory(directory.resolve(folder));
    write(folder + "/one.yml", "server_addr: " + server);
  }
}
