"""Sends requests to a server with Microsoft's Python SDK, msgraph-beta-sdk. Prints the answers as JSON.

    sdk.py BASE TOKEN

Only the base URL of the SDK is changed. BASE is the new base URL with the version: http://127.0.0.1:8080/beta
"""

import asyncio
import json
import sys

from kiota_abstractions.authentication import (
    AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph_beta import GraphRequestAdapter, GraphServiceClient
from msgraph_beta.generated.identity.b2x_user_flows.item.api_connector_configuration import (
    api_connector_configuration_request_builder as configuration,
)
from msgraph_beta.generated.models.basic_authentication import BasicAuthentication
from msgraph_beta.generated.models.identity_api_connector import IdentityApiConnector
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.reference_update import ReferenceUpdate
from msgraph_core.tasks.page_iterator import PageIterator


class Token(AccessTokenProvider):
    def __init__(self, text):
        self.text = text

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.text

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


async def main(base, token):
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token(token)))
    adapter.base_url = base
    graph = GraphServiceClient(request_adapter=adapter)
    seen = {}

    def new(name):
        return IdentityApiConnector(
            display_name=name, target_url="https://api.contoso.example/" + name,
            authentication_configuration=BasicAuthentication(
                odata_type="#microsoft.graph.basicAuthentication", username="svc", password="s3cret"),
        )

    # Connectors: create, read page by page, delete.
    first = await graph.identity.api_connectors.post(new("sdk-one"))
    second = await graph.identity.api_connectors.post(new("sdk-two"))
    third = await graph.identity.api_connectors.post(new("sdk-three"))
    await graph.identity.api_connectors.by_identity_api_connector_id(third.id).delete()
    names = []
    pages = PageIterator(await graph.identity.api_connectors.get(), adapter)
    await pages.iterate(lambda connector: names.append(connector.display_name) or True)
    seen["connectors"] = names

    # b2x: read, enable, replace and disable a step with the typed builders.
    steps = graph.identity.b2x_user_flows.by_b2x_identity_user_flow_id("B2X_1_partner").api_connector_configuration
    expand = configuration.ApiConnectorConfigurationRequestBuilder.ApiConnectorConfigurationRequestBuilderGetQueryParameters(
        expand=["postFederationSignup", "postAttributeCollection"])
    seen["b2x"] = []
    for connector in (first, second, None):
        url = f"{base}/identity/apiConnectors/{connector.id}" if connector else None
        await steps.post_federation_signup.ref.put(ReferenceUpdate(odata_id=url))
        read = await steps.get(RequestConfiguration(query_parameters=expand))
        seen["b2x"].append(read.post_federation_signup and read.post_federation_signup.display_name)

    # b2c: the SDK has no typed builder for these requests, so use a b2x builder with a different URL.
    path = f"{base}/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration"
    seen["b2c"] = []
    for connector in (first, second, None):
        url = f"{base}/identity/apiConnectors/{connector.id}" if connector else None
        await steps.post_federation_signup.ref.with_url(path + "/postFederationSignup/$ref").put(ReferenceUpdate(odata_id=url))
        read = await steps.with_url(path + "?$expand=postFederationSignup,postAttributeCollection").get()
        seen["b2c"].append(read.post_federation_signup and read.post_federation_signup.display_name)

    # Errors: Reflog forwards one error from Graph, and creates the other two errors.
    seen["errors"] = []
    for request in (
        lambda: graph.identity.api_connectors.by_identity_api_connector_id("missing").get(),
        lambda: steps.post_federation_signup.ref.with_url(f"{path}/a-b/$ref").put(ReferenceUpdate()),
        lambda: steps.post_federation_signup.ref.with_url(f"{base}/identity/conditionalAccess").put(ReferenceUpdate()),
    ):
        try:
            await request()
        except ODataError as error:
            seen["errors"].append([error.response_status_code, error.error.code, error.error.inner_error.request_id])
    print(json.dumps(seen))


asyncio.run(main(*sys.argv[1:]))
