"""The Starlette application, with a connection pool of asyncpg. uvicorn imports this module."""

import contextlib
import os

import asyncpg
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

UPDATE = "UPDATE reference SET connector = $1, changed = clock_timestamp() WHERE address = $2"


@contextlib.asynccontextmanager
async def lifespan(app):
    size = int(os.environ["PEERS_POOL"])
    async with asyncpg.create_pool(
        host=os.environ["PEERS_SOCKET"], port=int(os.environ["PEERS_PORT"]), user="reflog", database="postgres",
        min_size=size, max_size=size,
    ) as pool:
        app.state.pool = pool
        yield


async def put(request):
    """Points a step at another connector. The table's trigger appends a row to the audit table."""
    connector = (await request.json())["@odata.id"].rsplit("/", 1)[1]
    address = "b2cUserFlows/{flow}/{step}".format(**request.path_params)
    changed = await request.app.state.pool.execute(UPDATE, connector, address)
    return Response(status_code=204 if changed == "UPDATE 1" else 404)


app = Starlette(
    lifespan=lifespan,
    routes=[Route("/beta/identity/b2cUserFlows/{flow}/apiConnectorConfiguration/{step}/$ref", put, methods=["PUT"])],
)
