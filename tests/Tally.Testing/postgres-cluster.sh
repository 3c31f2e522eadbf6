# One throw-away PostgreSQL cluster, for as long as the process that started this script keeps standard input open. The kernel closes
# it when that process ends, killed or crashed or done: so no cluster outlives its tests.
# Arguments: the folder of PostgreSQL's programs, then the loopback ports to try. Prints "ready PORT FOLDER", once.
set -eu
bin=$1
shift
umask 077
# Not TMPDIR: that may be another user's.
folder=$(mktemp -d /tmp/tally-postgres.XXXXXX)
data=$folder/data

finish() {
  if [ -f "$data/postmaster.pid" ]; then
    "$bin/pg_ctl" stop -D "$data" -m immediate -w -s || echo "pg_ctl could not stop the cluster in $data" >&2
  fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

"$bin/initdb" -D "$data" -U tally -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
# Nothing here need survive a power cut, so nothing waits for the disk.
cat >>"$data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = off
full_page_writes = off
synchronous_commit = off
CONF

for port; do
  if "$bin/pg_ctl" start -D "$data" -o "-p $port" -l "$folder/log" -w -s >/dev/null 2>&1; then
    echo "ready $port $folder"
    while read -r _; do :; done
    exit 0
  fi
done
cat "$folder/log" >&2
exit 1
