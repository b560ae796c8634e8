"""The gateway: the only door of the house. HTTP in front, RabbitMQ behind, nothing kept.

It authenticates, checks, calls, renders and streams; it decides nothing that belongs to a service.
An asyncio process: no eventlet, no nameko, no database. Any number of them may run side by side.

`api` is the table of routes, one module per service; `resources` turns a request into a command or
a query and its answer into HTTP; `bus` carries it (RPC over pika); `live` streams what happens;
`sessions` says who is asking; `problems` is the one place where errors become HTTP; `openapi`
writes down what the table says; `edge` is what every answer passes; `server` runs it all.
"""
