"""A plain Python monitoring server, for `sysmon bench --peers`.

For each message: HSET of the machine's newest values and PUBLISH of the same to Redis; the values as rows of (time, machine,
metric, value) to PostgreSQL, inserted in batches. Arguments: port, address of Redis, address of the database.
"""

import asyncio
import json
import sys
from datetime import datetime, timezone

import asyncpg
import grpc
import redis.asyncio
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROWS = 5_000
SECONDS = 1.0
MOST_ROWS = 500_000


def metrics_class():
    """class of the message, made without a compiler"""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="peer.proto", package="peer", syntax="proto3")
    metric = file.message_type.add(name="Metric")
    metric.field.add(name="name", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    metric.field.add(name="value", number=2, type=field.TYPE_DOUBLE, label=field.LABEL_OPTIONAL)
    metrics = file.message_type.add(name="Metrics")
    metrics.field.add(name="machine", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    metrics.field.add(name="time_millis", number=2, type=field.TYPE_INT64, label=field.LABEL_OPTIONAL)
    metrics.field.add(
        name="metrics", number=3, type=field.TYPE_MESSAGE, type_name=".peer.Metric", label=field.LABEL_REPEATED
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("peer.Metrics"))


class Server:
    def __init__(self, hot, database):
        self.hot = hot
        self.database = database
        self.rows = []
        self.samples = 0
        self.stored = 0
        self.full = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()

    async def stream(self, messages, context):
        async for message in messages:
            values = {metric.name: metric.value for metric in message.metrics}
            newest = json.dumps({"machine": message.machine, "time": message.time_millis, "metrics": values})
            await self.hot.hset("machines", message.machine, newest)
            await self.hot.publish("metrics", newest)
            time = datetime.fromtimestamp(message.time_millis / 1000, timezone.utc)
            self.rows.extend((time, message.machine, name, value) for name, value in values.items())
            self.samples += 1
            if len(self.rows) >= ROWS:
                self.full.set()
            if len(self.rows) >= MOST_ROWS:
                self.room.clear()
                await self.room.wait()
        return b""

    async def count(self, request, context):
        return str(self.stored).encode()

    async def write(self):
        while True:
            try:
                await asyncio.wait_for(self.full.wait(), SECONDS)
            except asyncio.TimeoutError:
                pass
            self.full.clear()
            if not self.rows:
                continue
            rows, samples = self.rows, self.samples
            self.rows, self.samples = [], 0
            self.room.set()
            await self.database.executemany(
                "insert into metrics (time, machine, metric, value) values ($1, $2, $3, $4)", rows
            )
            self.stored += samples


async def main(port, redis_url, database_url):
    pool = redis.asyncio.BlockingConnectionPool.from_url(redis_url, max_connections=20, timeout=None)
    database = await asyncpg.connect(database_url)
    await database.execute(
        "create table metrics (time timestamptz not null, machine text not null, metric text not null,"
        " value double precision not null)"
    )
    ours = Server(redis.asyncio.Redis(connection_pool=pool), database)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "peer.Ingest",
                {
                    "Stream": grpc.stream_unary_rpc_method_handler(ours.stream, metrics_class().FromString),
                    "Stored": grpc.unary_unary_rpc_method_handler(ours.count),
                },
            ),
        )
    )
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await ours.write()


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
