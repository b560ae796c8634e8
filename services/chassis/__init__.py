"""What every service shares and no service owns.

`wire` turns shapes into JSON and back; `envelope` wraps events as CloudEvents; `database` is the
transaction in which business rows, inbox and journal commit together; `commands` and `consuming`
are the decorators of a service's methods; `relay` carries the journal to RabbitMQ; `topology`
declares the queues; `deadletters` keeps what could not be handled; `run` starts a service.
"""
