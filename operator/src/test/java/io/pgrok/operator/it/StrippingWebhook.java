package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.pgrok.operator.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A cluster's policy that takes init containers out of the Deployments of one namespace. */
final class StrippingWebhook implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATCH =
      Base64.getEncoder()
          .encodeToString(
              "[{\"op\": \"remove\", \"path\": \"/spec/template/spec/initContainers\"}]"
                  .getBytes(UTF_8));

  private final World world;
  private final String name;
  private final HttpsServer https;
  private final AtomicInteger stripped = new AtomicInteger();

  StrippingWebhook(World world, String namespace) throws IOException, GeneralSecurityException {
    this.world = world;
    name = "strips-" + namespace;
    var certificate = TestCertificate.of("localhost");
    https = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(tls(certificate)));
    https.createContext("/", this::review);
    https.start();
    world
        .client
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .addNewWebhook()
                .withName("sidecars.example.com")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withNewClientConfig()
                .withUrl("https://localhost:%d/".formatted(https.getAddress().getPort()))
                .withCaBundle(Base64.getEncoder().encodeToString(certificate.crt().getBytes(UTF_8)))
                .endClientConfig()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", namespace)
                .endNamespaceSelector()
                .addNewRule()
                .withApiGroups("apps")
                .withApiVersions("v1")
                .withOperations("CREATE", "UPDATE")
                .withResources("deployments")
                .endRule()
                .endWebhook()
                .build())
        .create();
  }

  /** How often it had something to take out. */
  int stripped() {
    return stripped.get();
  }

  private void review(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody()).path("request");
    var review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    var response = review.putObject("response");
    response.put("uid", request.path("uid").asText()).put("allowed", true);
    if (request.at("/object/spec/template/spec/initContainers").isArray()) {
      response.put("patchType", "JSONPatch").put("patch", PATCH);
      stripped.incrementAndGet();
    }
    byte[] body = JSON.writeValueAsBytes(review);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static SSLContext tls(TestCertificate pem) throws IOException, GeneralSecurityException {
    var certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.crt().getBytes(UTF_8)));
    byte[] key = Base64.getMimeDecoder().decode(pem.key().replaceAll("-----[A-Z ]+-----", ""));
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "it",
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
        new char[0],
        new Certificate[] {certificate});
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() {
    world
        .client
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName(name)
        .delete();
    https.stop(0);
  }
}
