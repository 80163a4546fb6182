"""The database server that comes with the package: started where none is named by DATABASE_URL, found again if it runs.

It listens on a socket in its own folder and on no port. Everything in it is one folder: to move or to drop a shop is to move or
to drop that folder, once the server is stopped. PostgreSQL refuses to run as root, so root starts it as another user of the
system; that user must be able to enter the folder, and no folder is opened for it.

`server` starts and stops, `using` knows who uses it, so that the last one to leave can stop it, `folder` makes the folder and
guards it, `running` finds the process that serves it, `programs` finds and runs what PostgreSQL brings, `trouble` says what to do
when that fails, `ownership` whose a database is, `copies` and `restoring` write and read backups.
"""

from backorder.postgres.running import read_socket
from backorder.postgres.server import Server, start
from backorder.postgres.trouble import ServerError

__all__ = ["Server", "ServerError", "read_socket", "start"]
