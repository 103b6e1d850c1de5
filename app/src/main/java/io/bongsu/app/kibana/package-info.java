/** What people see in Kibana: data views, saved searches and dashboards, and the way to install them. */
@NullMarked
package io.bongsu.app.kibana;

import org.jspecify.annotations.NullMarked;
