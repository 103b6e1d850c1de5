/** bongsu.yml and the environment, as one validated, immutable {@link io.bongsu.app.config.Config}. */
@NullMarked
package io.bongsu.app.config;

import org.jspecify.annotations.NullMarked;
