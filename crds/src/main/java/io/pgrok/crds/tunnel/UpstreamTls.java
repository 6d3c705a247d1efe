package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How the certificate of an https private service is checked.
 *
 * @param caSecretName of a Secret with key {@code ca.crt}; null for the system's authorities
 * @param insecureSkipVerify take any certificate
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.caSecretName) || !has(self.insecureSkipVerify) || !self.insecureSkipVerify",
    message =
        "give upstreamTls either caSecretName, to check the certificate, or insecureSkipVerify: true,"
            + " not to")
public record UpstreamTls(
    @JsonPropertyDescription(
            "Name of a Secret of this namespace with label pgrok.io/tunnel-secret: \"true\" whose"
                + " key ca.crt has the only authorities to trust. Left out: the public ones.")
        @Size(min = 1, max = 253)
        @Nullable String caSecretName,
    @JsonPropertyDescription("Take any certificate: for a self-signed one that you cannot get.")
        @Nullable Boolean insecureSkipVerify) {}
