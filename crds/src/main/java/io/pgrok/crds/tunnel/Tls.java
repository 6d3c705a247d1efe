package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * The certificate that visitors over https are shown.
 *
 * @param secretName of a Secret with keys {@code tls.crt} and {@code tls.key}
 */
public record Tls(
    @JsonPropertyDescription(
            "Name of a Secret of this namespace with label pgrok.io/tunnel-secret: \"true\": tls.crt"
                + " is the certificate with those that issued it, tls.key its private key, and"
                + " ca.crt, if there, an authority of your own. While it cannot be used, visitors"
                + " are shown the server's own certificate, and condition CertificateReady says"
                + " why.")
        @Required
        @Size(min = 1, max = 253)
        String secretName) {}
