how-to-pay = How to pay invoice
