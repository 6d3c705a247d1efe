/** What a TunnelServer grants to namespaces, and the tokens that carry it to the server. */
@NullMarked
package io.pgrok.operator.grant;

import org.jspecify.annotations.NullMarked;
