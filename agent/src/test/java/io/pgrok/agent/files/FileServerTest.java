package io.pgrok.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileServerTest {

  @TempDir Path above;
  private Path folder;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(above.resolve("folder"));
    Files.writeString(above.resolve("secret.txt"), "secret");
    Files.writeString(folder.resolve("a.txt"), "hello");
    Files.writeString(folder.resolve(".env"), "secret");
    Files.createSymbolicLink(folder.resolve("link.txt"), above.resolve("secret.txt"));
    server = FileServer.start(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void filesAndListingsAreShown() throws Exception {
    assertThat(ask("GET", "/a.txt").body()).isEqualTo("hello");
    assertThat(ask("GET", "/").body()).contains("a.txt").doesNotContain(".env", "link.txt");
  }

  @Test
  void anIndexPageIsShownInsteadOfTheListing() throws Exception {
    Files.writeString(folder.resolve("index.html"), "welcome");
    assertThat(ask("GET", "/").body()).isEqualTo("welcome");
  }

  @Test
  void nothingLeadsOutOfTheFolder() throws Exception {
    for (String path :
        new String[] {
          "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt", "/.env"
        }) {
      HttpResponse<String> answer = ask("GET", path);
      assertThat(answer.statusCode()).as(path).isGreaterThanOrEqualTo(400);
      assertThat(answer.body()).doesNotContain("secret\n").isNotEqualTo("secret");
    }
  }

  @Test
  void nothingCanBeChanged() throws Exception {
    assertThat(ask("PUT", "/b.txt").statusCode()).isEqualTo(405);
    assertThat(ask("DELETE", "/a.txt").statusCode()).isEqualTo(405);
    assertThat(folder.resolve("a.txt")).exists();
  }

  @Test
  void aFileIsNoFolder() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> FileServer.start(folder.resolve("a.txt")))
        .withMessageContaining("a.txt cannot be served");
  }
}
