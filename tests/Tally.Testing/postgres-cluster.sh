# One throw-away PostgreSQL cluster, for as long as the process that started this script keeps standard input open. The kernel closes
# it when that process ends, killed or crashed or done: so no cluster outlives its tests.
# Arguments: the folder of PostgreSQL's programs, the folder to make the cluster's in, its settings, then the loopback ports to try. Prints "ready PORT FOLDER", once.
# A line "stop" on standard input stops it as a crash would, "start" starts it again unless it runs; each is answered by a line.
set -eu
bin=$1
parent=$2
settings=$3
shift 3
umask 077
folder=$(mktemp -d "$parent/tally-postgres.XXXXXX")
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
cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
$settings
CONF

serve() {
  "$bin/pg_ctl" start -D "$data" -o "-p $1" -l "$folder/log" -t 60 -w -s >/dev/null 2>&1
}

obey() {
  while read -r word; do
    case $word in
      stop) "$bin/pg_ctl" stop -D "$data" -m immediate -t 60 -w -s >/dev/null 2>&1 && echo stopped || echo "not stopped" ;;
      start) if "$bin/pg_ctl" status -D "$data" >/dev/null 2>&1 || serve "$1"; then echo started; else echo "not started"; fi ;;
    esac
  done
}

for port; do
  if serve "$port"; then
    echo "ready $port $folder"
    obey "$port"
    exit 0
  fi
done
cat "$folder/log" >&2
exit 1
