"""Says what is wrong with a line, and what to do about it, in a shopkeeper's words."""

from galleria.commerce.imports.model.runs import MAX_EXCERPT, MAX_REASON, Problem

# By code. A program reads the code; a person reads the reason and then this.
_REMEDIES = {
    "address_left_out": "Enter the address by hand, with street, town and country.",
    "any_value_expanded": "Nothing, if each value may be bought; else remove the variants that"
    " may not.",
    "attribute_kind_mismatch": "Write this property as the same kind of value in every"
    " product: text, number, or true and false.",
    "below_reserved": "More is promised to customers than the file says is there. Count again,"
    " or ship these orders first.",
    "bundle_circular": "Leave the bundle itself out of what it contains.",
    "bundle_nested": "Name what the other bundle contains instead: a bundle contains no bundle.",
    "damaged_csv": "Put quotes round the whole field, and write a quote inside it as two.",
    "duplicate_column": "Give each column a name of its own; of these the first that says something"
    " counts.",
    "duplicate_combination": "Give each variant its own choice of option values.",
    "duplicate_handle": "Give each product a handle of its own.",
    "duplicate_order": "Keep the rows of an order together, and each order once.",
    "duplicate_product": "Keep one of them, or give them different handles or ids.",
    "duplicate_sku": "Give each variant an SKU of its own and import the file again.",
    "external_product": "Link to the other shop, or make it a simple product there and export"
    " again.",
    "grouped_product": "Import the parts; a collection can bring them together.",
    "handle_taken": "Another product of the shop has this address. Choose another handle, or"
    " the other product's id.",
    "incomplete_product": "Mend the line that could not be read, and import the file again.",
    "invalid_availability": "Write in_stock, out_of_stock, preorder or backorder.",
    "invalid_bundle": "Write what is in it as CUP*2|PLATE, and its price as own, components or"
    " components -10%.",
    "invalid_boolean": "Write true or false.",
    "invalid_code": "Use lower-case letters, digits and underscores in the name.",
    "invalid_date": "Write the date as 2026-03-31 10:15:00 +0100.",
    "invalid_digital_good": "Write files or licences, and behind it max=5, days=30, low=3, keeps or"
    " limited.",
    "invalid_gift_card": "Gift cards are not sold as such yet; it went in as an ordinary product.",
    "invalid_image": "Write an address that begins with https://.",
    "invalid_number": "Write digits only, with a point before decimals.",
    "invalid_path": "Write a path that begins with a slash.",
    "invalid_price": "Write the amount with a decimal point and nothing else, as in 12.90.",
    "invalid_quantity": "Write a whole number, zero or more.",
    "invalid_status": "Write active, draft or archived.",
    "invalid_url": "Write an address that begins with https://.",
    "kind_in_use": "Take its files, or its licences, away first.",
    "line_too_long": "Split the product, or look for a missing line break.",
    "malformed_json": "Write one JSON object on each line, in UTF-8.",
    "missing_email": "Enter the e-mail address, or let this customer buy again first.",
    "missing_handle": "Fill in the handle: rows with the same one make one product.",
    "missing_key": "Fill in what the record is known by: handle, id, SKU or number.",
    "missing_lines": "Export the order again with all its lines.",
    "missing_option_name": "Name the option in the product's first row.",
    "missing_option_value": "Fill in a value for each option the product has.",
    "missing_parent": "Export the product together with its variations.",
    "missing_price": "Without a price it cannot be sold. Fill one in.",
    "missing_variations": "Export the variations with the product, or make it a simple product.",
    "nul_character": "Remove the NUL character; the file was damaged on its way.",
    "option_not_supported": "A product has at most three options. Join two of them into one.",
    "option_values_missing": "Name the options, with their values in order.",
    "picture_left_out": "Upload the picture again.",
    "price_refused": "Write a price of zero or more.",
    "read_as_other_encoding": "If letters look wrong, save the file as CSV UTF-8 and import it"
    " again.",
    "read_as_windows_1252": "If letters look wrong, save the file as CSV UTF-8 and import it"
    " again.",
    "redirect_loop": "Lead this address, or the one it leads to, to a page that is there.",
    "redirect_to_itself": "Leave this redirect out.",
    "required": "Fill it in.",
    "sale_dates_not_kept": "Set the reduced price by hand when the days come.",
    "sku_taken": "Another product of the shop has this SKU. Change one of the two.",
    "sku_too_long": "An SKU has at most 100 characters.",
    "too_deep": "Take the nested data out.",
    "too_large": "Use a smaller number.",
    "too_long": "Shorten the text.",
    "too_many": "Keep fewer of them.",
    "too_many_attributes": "Keep the properties that matter, at most 250.",
    "too_many_options": "A product has at most three options. Join two of them into one.",
    "too_many_variants": "Split the product: it may have at most 10,000 variants.",
    "unclosed_quote": "Find the quote that opens on this line and close it.",
    "unknown_channel": "Name a sales channel of this shop, or leave the channel out.",
    "unknown_choice": "Use one of the choices of this property, or add the choice to it.",
    "unknown_column": "Nothing, if you do not miss it; else rename the column as documented.",
    "unknown_currency": "Use a currency one of the shop's sales channels sells in.",
    "unknown_field": "Nothing, if you do not miss it; else rename the field as documented.",
    "unknown_location": "Name a stock location of this shop.",
    "unknown_option_value": "Use the same spelling for the value in the options and the variant.",
    "unknown_product_kind": "Write simple, variable or variation.",
    "variant_not_found": "If it comes later in this file, import the file once more: what the shop"
    " has by then is found.",
    "wrong_column_count": "Compare the row with the header: a comma too many, or a quote missing.",
    "wrong_type": "Write this field as the kind of value the documentation names.",
}
_OTHERWISE = "Correct this field and import the file again; what went in already stays as it is."


def problem(
    line: int,
    column: str,
    code: str,
    reason: str,
    excerpt: str | bytes = "",
    *,
    is_refusal: bool = True,
) -> Problem:
    """A problem that can be stored and shown, with its remedy."""
    raw = excerpt[: 4 * MAX_EXCERPT]
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return Problem(
        line=line,
        column=_storable(column, 120),
        code=code,
        reason=_storable(reason, MAX_REASON),
        remedy=_REMEDIES.get(code, _OTHERWISE),
        excerpt=_storable(text.rstrip("\r\n"), MAX_EXCERPT),
        is_refusal=is_refusal,
    )


def note(line: int, column: str, code: str, reason: str, excerpt: str | bytes = "") -> Problem:
    """Something to be known about a product that went in all the same."""
    return problem(line, column, code, reason, excerpt, is_refusal=False)


def _storable(text: str, most: int) -> str:
    """The text cut, and without what PostgreSQL text cannot hold."""
    return text[:most].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
