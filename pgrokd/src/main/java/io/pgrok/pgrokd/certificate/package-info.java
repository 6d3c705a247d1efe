/**
 * Certificates that pgrokd makes for itself, so that nobody has to bring one to get started.
 *
 * <p>{@link io.pgrok.pgrokd.certificate.CertificateAuthority} issues a {@link
 * io.pgrok.pgrokd.certificate.CertifiedKey} for {@link io.pgrok.protocol.certificate.ServerNames};
 * {@link io.pgrok.pgrokd.certificate.Renewal} decides when that has to happen again. Two places
 * keep the result: {@link io.pgrok.pgrokd.certificate.DevelopmentCertificate} in files on a laptop,
 * package {@code kubernetes} in a Secret.
 */
@NullMarked
package io.pgrok.pgrokd.certificate;

import org.jspecify.annotations.NullMarked;
