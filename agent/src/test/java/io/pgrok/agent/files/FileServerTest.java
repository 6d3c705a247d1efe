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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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
    Files.createSymbolicLink(folder.resolve("inside"), above);
    Files.createDirectory(folder.resolve(".hidden"));
    Files.writeString(folder.resolve(".hidden").resolve("a.txt"), "secret");
    server = FileServer.start(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> ask(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void aPartOfAFileIsSent() throws Exception {
    HttpResponse<String> part = ask("GET", "/a.txt", "Range", "bytes=1-3");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("ell");
    assertThat(header(part, "Content-Range")).isEqualTo("bytes 1-3/5");
    assertThat(ask("GET", "/a.txt", "Range", "bytes=-2").body()).isEqualTo("lo");
    assertThat(ask("GET", "/a.txt", "Range", "bytes=5-").statusCode()).isEqualTo(416);
    assertThat(ask("GET", "/a.txt", "Range", "bytes=0-1", "If-Range", "\"old\"").body())
        .isEqualTo("hello");
  }

  @Test
  void aFileThatIsKnownIsNotSentAgain() throws Exception {
    HttpResponse<String> first = ask("GET", "/a.txt");
    String tag = header(first, "ETag");
    String changed = header(first, "Last-Modified");
    assertThat(ask("GET", "/a.txt", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(ask("GET", "/a.txt", "If-Modified-Since", changed).statusCode()).isEqualTo(304);
    Files.setLastModifiedTime(
        folder.resolve("a.txt"), FileTime.from(Instant.parse("2040-01-02T00:00:00Z")));
    HttpResponse<String> again = ask("GET", "/a.txt", "If-Modified-Since", changed);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(header(again, "Last-Modified")).isEqualTo("Mon, 02 Jan 2040 00:00:00 GMT");
    assertThat(ask("GET", "/a.txt", "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void headSaysHowLongAFileIs() throws Exception {
    HttpResponse<String> head = ask("HEAD", "/a.txt");
    assertThat(header(head, "Content-Length")).isEqualTo("5");
    assertThat(header(head, "Content-Type")).isEqualTo("text/plain");
    Files.createFile(folder.resolve("empty"));
    assertThat(ask("GET", "/empty").body()).isEmpty();
  }

  @Test
  void namesAreTextInAListing() throws Exception {
    Files.createFile(folder.resolve("<img src=x onerror=alert(1)>.txt"));
    assertThat(ask("GET", "/").body()).doesNotContain("<img").contains("&lt;img");
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
          "/../secret.txt",
          "/%2e%2e/secret.txt",
          "/..%2fsecret.txt",
          "//secret.txt",
          "/%2fetc/passwd",
          "/link.txt",
          "/inside/secret.txt",
          "/.env",
          "/.hidden/a.txt",
          "/a.txt%00"
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
