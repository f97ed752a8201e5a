#!/bin/sh
# Runs a nats-server that ends with its owner: supervise-server.sh <nats-server> <arguments...>
#
# The owner holds the other end of standard input. It sends one line once it has written our process id
# down, so that a server never runs that nobody knows of; when the pipe closes, whatever closed it
# (stop, exit, SIGKILL), the server is stopped. Ends with the server's exit code.
exec 3<&0 </dev/null
read -r _ <&3 || exit 0

"$@" 3<&- &
server=$!

(
  while read -r _; do :; done <&3
  kill -TERM "$server"
  tries=0
  while [ "$tries" -lt 50 ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.2
    tries=$((tries + 1))
  done
  kill -KILL "$server" 2>/dev/null
) &
watcher=$!

wait "$server"
code=$?
kill -TERM "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$code"
