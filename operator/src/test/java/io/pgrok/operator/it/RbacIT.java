package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The API server is asked for every verb on every resource that it has, in the operator's namespace
 * and in another: the chart's account may do what is listed, and gets 403 for everything else.
 */
@QuarkusTest
@WithTestResource(ApiServer.class)
class RbacIT {

  private static final String ACCOUNT = "system:serviceaccount:pgrok:pgrok-operator";
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  /** As the chart's own test writes it; there the release is in namespace edge. */
  private static final Path LISTED = Path.of("../helm/src/test/resources/rbac/operator.txt");

  private static final List<String> AGENT_SECRETS =
      Stream.concat(
              Stream.of("pgrok-agent"), IntStream.range(0, 16).mapToObj(i -> "pgrok-agent-" + i))
          .toList();

  private static final Pattern LINE =
      Pattern.compile("(everywhere|in edge): ([^ :]+)(?: named ([^:]+))?: (.+)");

  @Inject World world;

  @Test
  void theAccountMayDoWhatIsListedAndNothingElse() throws IOException {
    var own = listed(true, false);
    var elsewhere = listed(false, false);
    assertThat(allowed(ApiServer.NAMESPACE)).isEqualTo(own);
    assertThat(allowed("default")).isEqualTo(elsewhere);
  }

  @Test
  void byNameItMayChangeTheSharedAgentsSecrets() throws IOException {
    assertThat(listed(true, true))
        .containsExactly("secrets patch " + String.join(", ", AGENT_SECRETS));
    assertThat(AGENT_SECRETS)
        .allSatisfy(
            name -> assertThat(mayDo(ApiServer.NAMESPACE, "", "secrets", "patch", name)).isTrue());
  }

  /**
   * Lines such as {@code pods patch}, or {@code secrets patch pgrok-agent} of those with a name.
   */
  private static Set<String> listed(boolean inOwnNamespace, boolean named) throws IOException {
    var lines = new TreeSet<String>();
    for (String line : Files.readAllLines(LISTED)) {
      var match = LINE.matcher(line);
      assertThat(match.matches()).as(line).isTrue();
      boolean counts = inOwnNamespace || match.group(1).equals("everywhere");
      if (counts && named == (match.group(3) != null)) {
        Arrays.stream(match.group(4).split(", "))
            .forEach(verb ->
                lines.add(match.group(2) + " " + verb + (named ? " " + match.group(3) : "")));
      }
    }
    return lines;
  }

  private Set<String> allowed(String namespace) {
    var lines = new TreeSet<String>();
    groups()
        .forEach(groupVersion -> {
          String group = groupVersion.contains("/") ? groupVersion.replaceFirst("/.*", "") : "";
          for (APIResource resource : world.client.getApiResources(groupVersion).getResources()) {
            for (String verb : VERBS) {
              if (mayDo(namespace, group, resource.getName(), verb, null)) {
                lines.add(resource.getName() + (group.isEmpty() ? "" : "." + group) + " " + verb);
              }
            }
          }
        });
    return lines;
  }

  private Stream<String> groups() {
    return Stream.concat(
        Stream.of("v1"),
        world.client.getApiGroups().getGroups().stream()
            .map(group -> group.getPreferredVersion())
            .map(GroupVersionForDiscovery::getGroupVersion));
  }

  private boolean mayDo(String namespace, String group, String resource, String verb, String name) {
    String[] parts = resource.split("/", 2);
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(ACCOUNT)
            .withNewResourceAttributes()
            .withNamespace(namespace)
            .withGroup(group)
            .withResource(parts[0])
            .withSubresource(parts.length > 1 ? parts[1] : null)
            .withVerb(verb)
            .withName(name)
            .endResourceAttributes()
            .endSpec()
            .build();
    return world
        .client
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(review)
        .getStatus()
        .getAllowed();
  }
}
