package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** etcd and kube-apiserver on loopback, in a folder that goes with them. */
final class ApiServerProcess implements AutoCloseable {

  private static final String ADMIN = "admin";
  private static final String OPERATOR = "operator";

  /** The operator's ServiceAccount. */
  static final String OPERATOR_USER = "system:serviceaccount:pgrok:pgrok-operator";

  /** Static tokens, so that nobody has to ask for one: the operator's speaks as its account. */
  private static final String TOKENS =
      """
      admin,admin,1,system:masters
      operator,system:serviceaccount:pgrok:pgrok-operator,2,"system:serviceaccounts,system:serviceaccounts:pgrok"
      """;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final int port;
  private List<String> apiServer = List.of();

  private ApiServerProcess(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  static ApiServerProcess start() {
    return start(List.of());
  }

  /**
   * @param options of the API server besides those that it needs
   */
  static ApiServerProcess start(List<String> options) {
    try {
      var server = new ApiServerProcess(Files.createTempDirectory("pgrok-api-server"), freePort());
      try {
        server.run(freePort(), freePort(), options);
      } catch (RuntimeException | IOException | GeneralSecurityException e) {
        server.close();
        throw e;
      }
      return server;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file for a client that may do everything. */
  Path adminKubeconfig() {
    return folder.resolve(ADMIN + ".kubeconfig");
  }

  /** A file for a client that may do what the chart lets the operator do. */
  Path operatorKubeconfig() {
    return folder.resolve(OPERATOR + ".kubeconfig");
  }

  static KubernetesClient client(Path kubeconfig) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
        .build();
  }

  @Override
  public void close() {
    processes.reversed().forEach(ApiServerProcess::end);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(int etcdPort, int peerPort, List<String> options)
      throws IOException, GeneralSecurityException {
    writeKeys();
    Files.writeString(folder.resolve("tokens.csv"), TOKENS);
    Files.writeString(adminKubeconfig(), kubeconfig(ADMIN));
    Files.writeString(operatorKubeconfig(), kubeconfig(OPERATOR));
    String etcd = "http://127.0.0.1:" + etcdPort;
    String peer = "http://127.0.0.1:" + peerPort;
    launch(
        "etcd",
        "--data-dir=" + folder.resolve("etcd"),
        "--unsafe-no-fsync",
        "--listen-client-urls=" + etcd,
        "--advertise-client-urls=" + etcd,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer);
    apiServer = new ArrayList<>(options);
    apiServer.addAll(
        List.of(
            "--etcd-servers=" + etcd,
            "--bind-address=127.0.0.1",
            "--secure-port=" + port,
            "--cert-dir=" + folder.resolve("certs"),
            "--token-auth-file=" + folder.resolve("tokens.csv"),
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + folder.resolve("sa.pub"),
            "--service-account-signing-key-file=" + folder.resolve("sa.key"),
            "--service-cluster-ip-range=10.96.0.0/16"));
    launchApiServer();
  }

  /** Stops the API server, leaves its store, and starts it again at the same address. */
  void restartApiServer() {
    end(processes.removeLast());
    try {
      launchApiServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void launchApiServer() throws IOException {
    launch("kube-apiserver", apiServer.toArray(String[]::new));
    awaitReady();
  }

  private void awaitReady() {
    try (var client = client(adminKubeconfig())) {
      Awaitility.await("the API server's start")
          .atMost(Duration.ofSeconds(90))
          .ignoreException(KubernetesClientException.class)
          .until(() -> client.namespaces().withName("default").get() != null);
    }
  }

  private void launch(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Programs.path(program).toString());
    command.addAll(List.of(arguments));
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(program + ".log").toFile())
            .start());
  }

  /** The keys with which the server signs ServiceAccount tokens. */
  private void writeKeys() throws IOException, GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var keys = generator.generateKeyPair();
    Files.writeString(folder.resolve("sa.key"), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    Files.writeString(folder.resolve("sa.pub"), pem("PUBLIC KEY", keys.getPublic().getEncoded()));
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(der), kind);
  }

  private String kubeconfig(String token) {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: test, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
    users: [{name: user, user: {token: %s}}]
    contexts: [{name: test, context: {cluster: test, user: user}}]
    current-context: test
    """
        .formatted(port, token);
  }

  private static void end(Process process) {
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

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
