#!/bin/bash
# Gives each part the rights that it needs in Elasticsearch and no more: a password for Kibana, and API keys for the indexer
# (add events, dead letters and alerts) and for setup (templates, policies, Kibana's saved objects). Can be repeated.
set -euo pipefail
umask 077
cd /secrets
url=https://elasticsearch:9200

call() { # METHOD PATH BODY; the password is read from a file, so that it is in no list of processes
    printf 'user = "elastic:%s"\n' "$(cat rights/elastic.password)" |
        curl --silent --show-error --fail-with-body --config - --cacert rights/ca.crt --request "$1" "$url$2" \
            --header 'Content-Type: application/json' --data "$3"
}

call POST /_security/user/kibana_system/_password "{\"password\":\"$(cat rights/kibana.password)\"}" >/dev/null

key() { # NAME ROLE; writes the key to NAME/elasticsearch.key unless there is one
    [ -s "$1/elasticsearch.key" ] && return
    encoded=$(call POST /_security/api_key "{\"name\":\"bongsu-$1\",\"role_descriptors\":{\"bongsu-$1\":$2}}" |
        sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p')
    [ -n "$encoded" ] || { echo "Elasticsearch made no key for $1" >&2; exit 1; }
    printf '%s' "$encoded" >"$1/elasticsearch.key"
    chown 10001:10001 "$1/elasticsearch.key"
    echo "key for $1 made"
}

key index '{
  "cluster": ["monitor"],
  "indices": [
    {"names": ["logs-bongsu.events-*", "logs-bongsu.dead-letters-*"], "privileges": ["create_doc", "auto_configure"]},
    {"names": ["logs-bongsu.alerts-*", "logs-bongsu.alert-notes-*"], "privileges": ["index", "auto_configure"]}
  ]
}'
key setup '{
  "cluster": ["monitor", "manage_index_templates", "manage_ilm"],
  "indices": [{"names": ["logs-bongsu.*"], "privileges": ["view_index_metadata", "monitor"]}],
  "applications": [{"application": "kibana-.kibana", "privileges": ["space_all"], "resources": ["*"]}]
}'
echo "rights given"
