"""A TCP server whose queue of connections is full for some seconds; after that it passes on to a port.

Arguments: seconds, port. Prints its own port.
"""

import socket
import sys
import threading
import time

seconds, target = float(sys.argv[1]), int(sys.argv[2])


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
port = server.getsockname()[1]
fillers = []
for _ in range(4):
    filler = socket.socket()
    filler.setblocking(False)
    filler.connect_ex(("127.0.0.1", port))
    fillers.append(filler)
print(port, flush=True)
time.sleep(seconds)
for filler in fillers:
    filler.close()
server.listen(16)
while True:
    client, _ = server.accept()
    onward = socket.create_connection(("127.0.0.1", target))
    threading.Thread(target=copy, args=(client, onward), daemon=True).start()
    threading.Thread(target=copy, args=(onward, client), daemon=True).start()
