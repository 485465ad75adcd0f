// made by KonOpas
var program = [
{"id": "416", "title": "Knots for all", "tags": ["track:Ropes", "type:Panel", "Beginners"], "date": "2026-05-12", "time": "10:30",
 "mins": "75", "loc": ["Quay", "Ground floor"], "people": [{"id": "7"}, {"id": "8", "name": "Bo Mole (moderator)"}],
 "desc": "<p>About knots.</p>", "links": {"signup": "https://example.org/416"}},
{"id": "417", "title": "Sails", "tags": [], "date": "2026-05-12", "time": "12:00", "mins": "45", "loc": ["Loft"], "people": ["9"]}
];
