package io.pgrok.pgrokd.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a Secret to what it must say, while other pods may be doing the same. */
record Secrets(ApiServer api) {
  private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);

  /** Each lost race means that another pod has won one. */
  private static final int ATTEMPTS = 10;

  /**
   * @param desired what the Secret must say, given what its keys hold now (nothing when there is
   *     none); asked again with what another pod wrote when that was faster
   * @return what the Secret says now
   */
  Secret converge(Resource resource, Function<Map<String, String>, Secret> desired)
      throws ApiServerException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<JsonNode> current = api.get(resource);
      Secret wanted = desired.apply(current.map(Secret::data).orElse(Map.of()));
      if (current.isPresent() && wanted.isSaidBy(current.get())) {
        LOG.info("secret is as wanted name={}", resource.name());
        return wanted;
      }
      boolean written =
          current.isPresent()
              ? api.patch(resource, wanted.patch(version(current.get())))
              : api.create(resource, wanted.json());
      if (written) {
        LOG.info("secret {} name={}", current.isPresent() ? "changed" : "created", resource.name());
        return wanted;
      }
    }
    throw new ApiServerException(
        "Secret '%s' was changed by others at each of %d attempts."
            .formatted(resource.name(), ATTEMPTS),
        null);
  }

  private static String version(JsonNode object) {
    return object.at("/metadata/resourceVersion").asText();
  }
}
