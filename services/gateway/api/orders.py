"""HTTP resources of the orders service."""

from services.contracts.orders import commands as orders
from services.contracts.search import Found
from services.gateway import searching
from services.gateway.documents import routes as files
from services.gateway.routes import Route

ROUTES = (
    Route("GET", "/products", orders.ListProducts),
    Route("POST", "/products", orders.SaveProduct),
    Route("GET", "/orders", orders.ListOrders),
    Route("POST", "/orders", orders.DraftOrder, status=201, location="/orders/{id}"),
    Route("GET", "/orders/{order_id}", orders.GetOrder),
    Route("PUT", "/orders/{order_id}", orders.ChangeDraftOrder),
    Route("DELETE", "/orders/{order_id}", orders.DeleteDraftOrder),
    Route("GET", "/orders/{order_id}/history", orders.GetOrderHistory),
    Route("POST", "/orders/{order_id}/submit", orders.SubmitOrder),
    Route("POST", "/orders/{order_id}/confirm", orders.ConfirmOrder),
    Route("POST", "/orders/{order_id}/refuse", orders.RefuseOrder),
    Route("POST", "/orders/{order_id}/start", orders.StartOrder),
    Route("POST", "/orders/{order_id}/revise", orders.ReviseOrder),
    Route("POST", "/orders/{order_id}/cancel", orders.CancelOrder),
    Route("POST", "/orders/{order_id}/close", orders.CloseOrder),
    Route("POST", "/orders/{order_id}/propose-delivery-date", orders.ProposeDeliveryDate),
    Route("POST", "/orders/{order_id}/change-delivery-date", orders.ChangeDeliveryDate),
    Route("POST", "/orders/{order_id}/decline-delivery-date", orders.DeclineDeliveryDate),
    Route("POST", "/orders/{order_id}/goods-issues", orders.IssueGoods, status=201),
    Route("POST", "/orders/{order_id}/goods-receipts", orders.ReceiveGoods, status=201),
    *files.of_document("/orders/{order_id}", orders.GetOrder, "order"),
    *files.of_list("/orders", orders.ListOrders, "orders"),
    Route("GET", "/search", orders.SearchOrders, handler=searching.search, answers=Found),
    Route("GET", "/dashboard/orders", orders.GetOrdersDashboard),
    Route("GET", "/goods-movements", orders.ListGoodsMovements),
    Route("GET", "/orders-statement", orders.GetOrdersStatement),
)
