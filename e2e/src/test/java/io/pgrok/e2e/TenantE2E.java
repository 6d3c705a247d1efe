package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.pgrok.e2e.install.Installation;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a team does with Tunnels of its own, and what it cannot do. */
@ExtendWith(PgrokExtension.class)
class TenantE2E {

  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("ann:s3cret".getBytes(StandardCharsets.UTF_8));

  private final Pgrok pgrok;

  TenantE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void clear() {
    List.of("guarded", "short", "mine", "stolen").forEach(pgrok::delete);
    for (var object :
        List.of(
            "tunnelagent/fast",
            "tunnelserver/granted",
            "pod/thief",
            "secret/thief",
            "secret/visitors")) {
      pgrok.tools().kubectl("delete", object, "--ignore-not-found", "--wait=false").output();
    }
  }

  @Test
  void visitorsMustComeFromTheNetworkWithThePasswordOfASecret() throws Exception {
    apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: visitors, labels: {pgrok.io/tunnel-secret: "true"}}
        stringData: {username: ann, password: s3cret, team: blue}
        ---
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: guarded}
        spec:
          subdomain: guarded
          service: {name: web}
          access: {basicAuth: {secretName: visitors}}
          responseHeaders: [{name: X-Team, valueFrom: {secretKeyRef: {name: visitors, key: team}}}]
        """);
    var visitor = pgrok.visitorOf("guarded");
    Wait.until(() -> assertThat(visitor.status()).hasValue(401));
    assertThat(visitor.get("/", "Authorization", BASIC))
        .returns(200, HttpResponse::statusCode)
        .satisfies(answer -> assertThat(answer.headers().firstValue("X-Team")).contains("blue"));

    patch("guarded", cidrs("203.0.113.0/24"));
    Wait.until(
        () -> assertThat(visitor.get("/", "Authorization", BASIC).statusCode()).isEqualTo(403));

    patch("guarded", cidrs("0.0.0.0/0"));
    Wait.until(
        () -> assertThat(visitor.get("/", "Authorization", BASIC).statusCode()).isEqualTo(200));
  }

  @Test
  void aTunnelEndsWithItsTimeAndComesBackWhenItIsExtended() {
    apply(
        """
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: short}
        spec: {subdomain: short, service: {name: web}, ttl: 10s}
        """);
    var visitor = pgrok.visitorOf("short");
    Wait.until(() -> assertThat(visitor.isServed()).isTrue());

    Wait.until(() -> assertThat(pgrok.readyReason("short")).isEqualTo("Expired"));
    Wait.until(() -> assertThat(visitor.status()).hasValue(404));

    pgrok
        .tools()
        .kubectl("annotate", "tunnel", "short", "pgrok.io/extend=2100-01-01T00:00:00Z")
        .output();
    Wait.until(() -> assertThat(visitor.isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.readyReason("short")).isEqualTo("Registered"));
  }

  /** The replicas share the name: one may go. */
  @Test
  void twoAgentsOfATunnelAgentCarryItTogether() throws Exception {
    apply(
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelAgent
        metadata: {name: fast}
        spec: {replicas: 2}
        ---
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: mine}
        spec: {subdomain: mine, service: {name: web}, agent: fast}
        """);
    Wait.until(() -> assertThat(pgrok.visitorOf("mine").isServed()).isTrue());
    Wait.until(() ->
        assertThat(agents())
            .hasSize(2)
            .allSatisfy(
                pod -> assertThat(logOf(pod)).contains("tunnel online").contains("default/mine")));

    var load = Load.start(4, () -> pgrok.visitorOf("mine"));
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(100));
    pgrok.tools().kubectl("delete", agents().getFirst()).output();
    int then = load.answered();
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(then + 200));
    assertThat(load.stop()).isEmpty();
  }

  @Test
  void aTokenReadFromASecretClaimsNothingThatWasNotGranted() {
    apply(
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: granted}
        spec:
          address: %s
          domain: %s
          connectionSecret: {name: pgrokd-connection}
          grants: [{namespaces: {names: [default]}, subdomains: [shop-*]}]
        ---
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelAgent
        metadata: {name: fast}
        spec: {}
        ---
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: mine}
        spec: {server: granted, subdomain: shop-mine, service: {name: web}, agent: fast}
        ---
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: stolen}
        spec: {server: granted, subdomain: stolen, service: {name: web}, agent: fast}
        """
            .formatted(connection("address"), connection("domain")));
    Wait.until(() -> assertThat(pgrok.readyReason("mine")).isEqualTo("Registered"));
    Wait.until(() -> assertThat(pgrok.readyReason("stolen")).isEqualTo("NotGranted"));

    String session = sessionOfTheAgent();
    assertThat(session).contains("auth_token: ").doesNotContain(connection("token"));
    thief(
        session
            + """
            tunnels:
              lifted: {subdomain: stolen, proto: {http: "web:80"}}
              own: {subdomain: shop-own, proto: {http: "web:80"}}
              port: {remote_port: 7123, proto: {tcp: "web:80"}}
            """);

    Wait.until(() ->
        assertThat(logOf("pod/thief").lines())
            .anyMatch(line -> line.contains("tunnel online") && line.contains("tunnel=own"))
            .anyMatch(line -> line.contains("tunnel refused") && line.contains("tunnel=lifted"))
            .anyMatch(line -> line.contains("tunnel refused") && line.contains("tunnel=port")));
    assertThat(pgrok.visitorOf("stolen").status()).hasValue(404);
    assertThat(pgrok.visitorOf("shop-own").isServed()).isTrue();
  }

  /** The client as anybody runs it, with the session that somebody read. */
  private void thief(String session) {
    pgrok
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(Pgrok.NAMESPACE)
                .withName("thief")
                .endMetadata()
                .addToStringData("thief.yml", session)
                .build())
        .create();
    var agent = pgrok.awaitReadyPod(Pgrok.NAMESPACE, "pgrok.io/agent", "named");
    apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: thief}
        spec:
          automountServiceAccountToken: false
          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: pgrok
              image: %s
              args: ["-config=/etc/pgrok", "-log=stdout", "start-all"]
              securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
              volumeMounts: [{name: session, mountPath: /etc/pgrok}, {name: scratch, mountPath: /tmp}]
          volumes: [{name: session, secret: {secretName: thief}}, {name: scratch, emptyDir: {}}]
        """
            .formatted(agent.getSpec().getContainers().getFirst().getImage()));
  }

  private List<String> agents() {
    return pgrok
        .tools()
        .kubectl("get", "pods", "--selector", "pgrok.io/agent=named", "--output", "name")
        .output()
        .lines()
        .toList();
  }

  /** Empty while the pod has not started. */
  private String logOf(String pod) {
    return pgrok.tools().kubectl("logs", pod).result().output();
  }

  private void apply(String manifests) {
    pgrok
        .client()
        .load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)))
        .inNamespace(Pgrok.NAMESPACE)
        .serverSideApply();
  }

  private static String cidrs(String only) {
    return "{\"spec\": {\"access\": {\"allowedCidrs\": [\"%s\"]}}}".formatted(only);
  }

  private void patch(String tunnel, String patch) {
    pgrok.tools().kubectl("patch", "tunnel", tunnel, "--type=merge", "--patch", patch).output();
  }

  private String sessionOfTheAgent() {
    return pgrok
        .client()
        .secrets()
        .inNamespace(Pgrok.NAMESPACE)
        .withLabel("pgrok.io/agent", "named")
        .list()
        .getItems()
        .stream()
        .filter(secret -> secret.getData() != null && secret.getData().containsKey("granted.yml"))
        .map(secret -> decoded(secret, "granted.yml"))
        .findFirst()
        .orElseThrow();
  }

  private String connection(String key) {
    return decoded(secret(Installation.NAMESPACE, "pgrokd-connection"), key);
  }

  private Secret secret(String namespace, String name) {
    return pgrok.client().secrets().inNamespace(namespace).withName(name).get();
  }

  private static String decoded(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }
}
